namespace Vitrine.Agent.Containerd;

/// <summary>Replaces a file by rename(2), so a reader or a crash sees the old text or the new one.</summary>
public static class AtomicFile
{
    /// <returns>False when the file already had exactly this text.</returns>
    public static bool Write(string path, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".next";
        File.Delete(next);
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }

        File.Move(next, path, overwrite: true);
        return true;
    }
}
