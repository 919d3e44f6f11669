namespace Vitrine.Joining;

/// <summary>Where a machine that joined a cluster keeps its node's files.</summary>
/// <param name="Data">Durable: keys, containerd's root, leases, logs.</param>
/// <param name="Run">Volatile; short, unix socket paths end at 107 bytes.</param>
internal sealed record JoinedPaths(string Data, string Run)
{
    public const string DefaultData = "/var/lib/vitrine/node";
    public const string DefaultRun = "/run/vitrine/node";

    public string Authority => Path.Combine(Data, "pki/ca.crt");

    public string Certificate => Path.Combine(Data, "pki/kubelet.crt");

    public string Key => Path.Combine(Data, "pki/kubelet.key");

    public string Kubeconfig => Path.Combine(Data, "kubeconfig");

    /// <summary>Parent of everything the node runs; of the data directory's name, so that two on one machine do not meet.</summary>
    public string Cgroup => $"/vitrine-{Path.GetFullPath(Data).Trim('/').Replace('/', '-')}";
}
