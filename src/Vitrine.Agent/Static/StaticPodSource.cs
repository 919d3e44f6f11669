using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Events;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Static;

/// <summary>The pods of a folder of manifests, one a file. A broken file says so once and hides no other.</summary>
/// <param name="decode">Text of a manifest → JSON of a pod; throws <see cref="FormatException"/>.</param>
internal sealed partial class StaticPodSource(string folder, string nodeName, Func<string, string> decode, EventRecorder events, TimeProvider time, ILogger<StaticPodSource> log)
{
    // As kubelet's.
    private const int LongestManifest = 10 << 20;
    private readonly Dictionary<string, (DateTime Written, long Length, V1Pod? Pod)> known = new(StringComparer.Ordinal);

    /// <summary>The pods as the folder is now; a file that did not change is not read again.</summary>
    public IReadOnlyList<V1Pod> Read()
    {
        var files = Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles().Where(f => !f.Name.StartsWith('.')).OrderBy(f => f.Name, StringComparer.Ordinal).ToList() : [];
        foreach (var gone in known.Keys.Except(files.Select(f => f.FullName)).ToList())
        {
            known.Remove(gone);
        }

        var pods = new Dictionary<string, V1Pod>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!known.TryGetValue(file.FullName, out var before) || before.Written != file.LastWriteTimeUtc || before.Length != file.Length)
            {
                known[file.FullName] = before = (file.LastWriteTimeUtc, file.Length, TryRead(file));
            }

            if (before.Pod is { } pod && !pods.TryAdd($"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}", pod))
            {
                LogTwice(file.FullName, pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            }
        }

        return [.. pods.Values];
    }

    private V1Pod? TryRead(FileInfo file)
    {
        try
        {
            if (file.Length > LongestManifest)
            {
                throw new FormatException($"it has {file.Length} bytes; a manifest ends at {LongestManifest}");
            }

            var text = File.ReadAllText(file.FullName);
            return Complete(KubernetesJson.Deserialize<V1Pod>(decode(text)), file.FullName + text);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            LogBroken(file.FullName, e.Message);
            events.Record(new V1ObjectReference { Kind = "Node", Name = nodeName, Uid = nodeName }, "Warning", "StaticPodFileBroken", $"static pod file {file.Name} is passed over: {e.Message}");
            return null;
        }
    }

    private V1Pod Complete(V1Pod pod, string identity)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{nodeName}\0{identity}")).AsSpan(0, 16));
        pod.Metadata.Name = $"{pod.Metadata.Name}-{nodeName}";
        pod.Metadata.NamespaceProperty = pod.Metadata.NamespaceProperty is { Length: > 0 } own ? own : "default";
        pod.Metadata.Uid = hash;
        pod.Metadata.Annotations = new Dictionary<string, string>(pod.Metadata.Annotations ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [StaticPod.Hash] = hash,
            [StaticPod.Source] = "file",
            [StaticPod.Seen] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture),
        };
        pod.Metadata.Annotations.Remove(StaticPod.Mirror);
        pod.Spec.NodeName = nodeName;
        pod.Status = null;
        // A node that is given up keeps what is its own.
        pod.Spec.Tolerations = [.. pod.Spec.Tolerations ?? [], new V1Toleration { OperatorProperty = "Exists", Effect = "NoExecute" }];
        return pod;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "static pod file {File} is passed over: {Why}")]
    private partial void LogBroken(string file, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "static pod file {File} is passed over: another file has the pod {Namespace}/{Name}")]
    private partial void LogTwice(string file, string @namespace, string name);
}
