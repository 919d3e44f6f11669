using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Agent.Pods;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>Sets up a pod's volumes on the node and takes them down again. Setting up twice is harmless: it refreshes content.</summary>
internal sealed class VolumeMounter(PodPaths paths, ProjectedContent content)
{
    /// <returns>Host path by volume name.</returns>
    /// <exception cref="MountException">Naming the volume.</exception>
    public async Task<IReadOnlyDictionary<string, string>> SetUpAsync(V1Pod pod, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var mounted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            try
            {
                mounted[volume.Name] = await SetUpAsync(pod, volume, podIps, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is MountException or IOException or UnauthorizedAccessException or ConfigException or ArgumentException)
            {
                throw new MountException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {e.Message}");
            }
        }

        return mounted;
    }

    public static bool HasProjected(V1Pod pod) => pod.Spec.Volumes?.Any(v => v.ConfigMap is not null || v.Secret is not null || v.DownwardAPI is not null || v.Projected is not null) == true;

    /// <summary>Unmounts what was mounted and deletes the pod's directory; what hostPath volumes point to is not touched.</summary>
    public void TearDown(string uid)
    {
        content.Forget(uid);
        var root = paths.Of(uid);
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var mount in MountsBelow(root))
        {
            Mounts.TryUnmount(mount, lazy: true);
        }

        // What is still mounted there is not the pod's to delete: it may be a directory of the node.
        if (MountsBelow(root) is [var left, ..])
        {
            throw new IOException($"deleting {root}: {left} is still mounted");
        }

        Directory.Delete(root, recursive: true);
    }

    private async Task<string> SetUpAsync(V1Pod pod, V1Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var group = pod.Spec.SecurityContext?.FsGroup;
        switch (volume)
        {
            case { EmptyDir: { } source }:
                var empty = paths.Volume(pod, "kubernetes.io~empty-dir", volume.Name);
                if (EmptyDirVolume.SetUp(source, empty, source.Medium == "Memory" ? PodResources.Of(pod).MemoryLimit ?? 0 : 0) && group is { } shared)
                {
                    VolumeOwnership.Apply(empty, shared, pod.Spec.SecurityContext?.FsGroupChangePolicy);
                }

                return empty;
            case { HostPath: { } source }:
                return HostPathVolume.SetUp(source);
            case { ConfigMap: not null } or { Secret: not null } or { DownwardAPI: not null } or { Projected: not null }:
                var directory = paths.Volume(pod, volume.Secret is not null ? "kubernetes.io~secret" : volume.ConfigMap is not null ? "kubernetes.io~configmap" : "kubernetes.io~projected", volume.Name);
                ProjectedFiles.Publish(directory, await content.ComputeAsync(pod, volume, podIps, ct).ConfigureAwait(false), group);
                return directory;
            default:
                throw new MountException($"volume type {TypeOf(volume)} is not supported on this node; use emptyDir, configMap, secret, downwardAPI, projected or hostPath");
        }
    }

    private static string TypeOf(V1Volume volume) =>
        JsonNode.Parse(KubernetesJson.Serialize(volume))!.AsObject().Select(p => p.Key).FirstOrDefault(name => name != "name") ?? "unknown";

    /// <summary>The innermost first.</summary>
    private static List<string> MountsBelow(string root) =>
        [.. Mounts.List().Select(m => m.MountPoint).Where(m => m.StartsWith(root + "/", StringComparison.Ordinal)).OrderByDescending(m => m.Length)];
}
