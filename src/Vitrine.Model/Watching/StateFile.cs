namespace Vitrine.Model.Watching;

/// <summary>
/// A file by which an agent knows what the one before it knew. It lies where volatile files are: it outlives agents as the kernel's tables do, and like them not the machine's
/// next start. Its owner's alone, since a plan of the gateway has keys in it.
/// </summary>
public static class StateFile
{
    /// <summary>By a rename: who reads it meanwhile has the old one or the new one, whole.</summary>
    /// <exception cref="IOException">there is no room, or no such folder</exception>
    public static async Task ReplaceAsync(string path, Func<Stream, Task> write)
    {
        var draft = $"{path}.draft";
        File.Delete(draft);
        await using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            await write(file).ConfigureAwait(false);
        File.Move(draft, path, overwrite: true);
    }
}
