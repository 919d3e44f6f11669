namespace Vitrine.Attaching;

/// <summary>RUN/ready is there while the components work, for a readiness probe: from the moment the gateway serves, where there is one, until they are asked to end.</summary>
internal sealed class ReadyFile : IDisposable
{
    private readonly string path;

    public ReadyFile(string runDirectory)
    {
        path = Path.Combine(runDirectory, "ready");
        File.Delete(path);
    }

    public bool IsThere => File.Exists(path);

    public void Write() => File.WriteAllText(path, $"{Environment.ProcessId}\n");

    public void Dispose() => File.Delete(path);
}
