namespace Vitrine.Agent.Containerd;

/// <summary>Where the node's private containerd keeps its files.</summary>
internal sealed record ContainerdPaths(string Root, string State, string Socket, string ConfigFile, string CertsDirectory, string PidFile, string LogFile, string RuncRoot, string CniConfDirectory)
{
    public static ContainerdPaths For(NodeAgentOptions options) => new(
        Root: Path.Combine(options.DataDirectory, "containerd"),
        State: Path.Combine(options.RunDirectory, "containerd"),
        Socket: Path.Combine(options.RunDirectory, "containerd.sock"),
        ConfigFile: Path.Combine(options.DataDirectory, "containerd.toml"),
        CertsDirectory: Path.Combine(options.DataDirectory, "certs.d"),
        PidFile: Path.Combine(options.RunDirectory, "containerd.pid"),
        LogFile: Path.Combine(options.DataDirectory, "containerd.log"),
        RuncRoot: Path.Combine(options.RunDirectory, options.Runtime),
        CniConfDirectory: Path.Combine(options.DataDirectory, "cni-conf"));
}
