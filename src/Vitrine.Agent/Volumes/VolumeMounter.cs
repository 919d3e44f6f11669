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

        var memory = Path.Combine(root, "volumes", "kubernetes.io~empty-dir");
        if (Directory.Exists(memory))
        {
            foreach (var directory in Directory.EnumerateDirectories(memory))
            {
                Mounts.TryUnmount(directory, lazy: true);
            }
        }

        Directory.Delete(root, recursive: true);
    }

    private async Task<string> SetUpAsync(V1Pod pod, V1Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        switch (volume)
        {
            case { EmptyDir: { } source }:
                var empty = paths.Volume(pod, "kubernetes.io~empty-dir", volume.Name);
                EmptyDirVolume.SetUp(source, empty);
                return empty;
            case { HostPath: { } source }:
                return HostPathVolume.SetUp(source);
            case { ConfigMap: not null } or { Secret: not null } or { DownwardAPI: not null } or { Projected: not null }:
                var directory = paths.Volume(pod, volume.Secret is not null ? "kubernetes.io~secret" : volume.ConfigMap is not null ? "kubernetes.io~configmap" : "kubernetes.io~projected", volume.Name);
                ProjectedFiles.Publish(directory, await content.ComputeAsync(pod, volume, podIps, ct).ConfigureAwait(false));
                return directory;
            default:
                throw new MountException($"volume type {TypeOf(volume)} is not supported on this node; use emptyDir, configMap, secret, downwardAPI, projected or hostPath");
        }
    }

    private static string TypeOf(V1Volume volume) => volume switch
    {
        { PersistentVolumeClaim: not null } => "persistentVolumeClaim",
        { Nfs: not null } => "nfs",
        { Csi: not null } => "csi",
        { Ephemeral: not null } => "ephemeral",
        { Iscsi: not null } => "iscsi",
        { Image: not null } => "image",
        _ => "unknown",
    };
}
