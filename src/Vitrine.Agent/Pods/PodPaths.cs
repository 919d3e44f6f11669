using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Where a pod's files live. Names come from the API: they are checked before they become paths.</summary>
internal sealed class PodPaths(string dataDirectory)
{
    public string PodsRoot => Path.Combine(dataDirectory, "pods");

    public string LogsRoot => Path.Combine(dataDirectory, "logs");

    public string Of(string uid) => Path.Combine(PodsRoot, Safe(uid));

    public string Volume(V1Pod pod, string plugin, string name) => Path.Combine(Of(pod.Metadata.Uid), "volumes", plugin, Safe(name));

    /// <summary>Where the part of a volume is mounted that a container sees; named as kubelet names it.</summary>
    public string SubPath(V1Pod pod, string volume, string container, int index) =>
        Path.Combine(Of(pod.Metadata.Uid), "volume-subpaths", Safe(volume), Safe(container), index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The node's own seccomp profiles.</summary>
    public string Seccomp => Path.Combine(dataDirectory, "seccomp");

    public string Hosts(V1Pod pod) => Path.Combine(Of(pod.Metadata.Uid), "etc-hosts");

    public string TerminationLog(V1Pod pod, string container, int attempt) => Path.Combine(Of(pod.Metadata.Uid), "containers", Safe(container), $"{attempt}.message");

    /// <summary>namespace_name_uid, as every kubelet names it.</summary>
    public string Logs(string ns, string name, string uid) => Path.Combine(LogsRoot, $"{Safe(ns)}_{Safe(name)}_{Safe(uid)}");

    public string Logs(V1Pod pod) => Logs(pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid);

    public static string LogFile(string container, int attempt) => $"{Safe(container)}/{attempt}.log";

    /// <exception cref="ArgumentException">The name could leave its directory.</exception>
    public static string Safe(string name)
    {
        var ok = name.Length is > 0 and <= 253 && name is not ("." or "..");
        foreach (var c in name)
        {
            ok &= char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_';
        }

        return ok ? name : throw new ArgumentException($"\"{name}\" cannot be used as a file name: only letters, digits, '-', '_' and '.' are allowed.");
    }
}
