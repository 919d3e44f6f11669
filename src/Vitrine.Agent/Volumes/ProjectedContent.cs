using System.Text;
using k8s.Models;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Volumes;

/// <summary>The files a configMap, secret, downwardAPI or projected volume holds.</summary>
internal sealed class ProjectedContent(ObjectSource objects, TokenSource tokens, Node.MachineCapacity machine, IReadOnlyList<string> hostIps)
{
    private const int DefaultMode = 0b110_100_100;
    private const int OwnersAlone = 0b110_000_000;

    public async Task<Dictionary<string, ProjectedFile>> ComputeAsync(V1Pod pod, V1Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var files = new Dictionary<string, ProjectedFile>(StringComparer.Ordinal);
        switch (volume)
        {
            case { ConfigMap: { } map }:
                await AddConfigMapAsync(files, pod, map.Name, map.Items, map.Optional == true, new(map.DefaultMode, map.DefaultUser), ct).ConfigureAwait(false);
                break;
            case { Secret: { } secret }:
                await AddSecretAsync(files, pod, secret.SecretName, secret.Items, secret.Optional == true, new(secret.DefaultMode, secret.DefaultUser), ct).ConfigureAwait(false);
                break;
            case { DownwardAPI: { } downward }:
                AddFields(files, pod, downward.Items, new(downward.DefaultMode, downward.DefaultUser), podIps);
                break;
            case { Projected: { } projected }:
                foreach (var source in projected.Sources ?? [])
                {
                    await AddSourceAsync(files, pod, source, new(projected.DefaultMode, projected.DefaultUser), podIps, ct).ConfigureAwait(false);
                }

                break;
        }

        return files;
    }

    /// <summary>The pod is gone.</summary>
    public void Forget(string uid) => tokens.Forget(uid);

    /// <summary>What the files of a volume have unless they say otherwise.</summary>
    private readonly record struct Attributes(int? Mode, long? User)
    {
        public ProjectedFile File(byte[] content, int? mode, long? user) => new(content, mode ?? Mode ?? DefaultMode, user ?? User);
    }

    // A secret that identifies the pod: its group's alone, or its only user's; everybody's where there is neither, or nobody could read it.
    private static ProjectedFile Token(V1Pod pod, byte[] content, long? user, Attributes common)
    {
        if ((user ?? common.User) is not null)
        {
            return common.File(content, OwnersAlone, user);
        }

        if (pod.Spec.SecurityContext?.FsGroup is not null)
        {
            return common.File(content, OwnersAlone, null);
        }

        var users = PodContainers.Lasting(pod).Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users is [{ } only] ? common.File(content, OwnersAlone, only) : common.File(content, null, null);
    }

    private async Task AddSourceAsync(Dictionary<string, ProjectedFile> files, V1Pod pod, V1VolumeProjection source, Attributes common, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        switch (source)
        {
            case { ConfigMap: { } map }:
                await AddConfigMapAsync(files, pod, map.Name, map.Items, map.Optional == true, common, ct).ConfigureAwait(false);
                break;
            case { Secret: { } secret }:
                await AddSecretAsync(files, pod, secret.Name, secret.Items, secret.Optional == true, common, ct).ConfigureAwait(false);
                break;
            case { DownwardAPI: { } downward }:
                AddFields(files, pod, downward.Items, common, podIps);
                break;
            case { ServiceAccountToken: { } token }:
                files[token.Path] = Token(pod, Encoding.UTF8.GetBytes(await tokens.TokenAsync(pod, token, ct).ConfigureAwait(false)), token.User, common);
                break;
            default:
                throw new MountException("only configMap, secret, downwardAPI and serviceAccountToken sources of a projected volume are supported on this node");
        }
    }

    private async Task AddConfigMapAsync(Dictionary<string, ProjectedFile> files, V1Pod pod, string name, IList<V1KeyToPath>? items, bool optional, Attributes common, CancellationToken ct)
    {
        var map = await objects.ConfigMapAsync(pod.Metadata.NamespaceProperty, name, ct).ConfigureAwait(false);
        if (map is null && !optional)
        {
            throw new MountException($"configmap \"{name}\" not found");
        }

        var entries = (map?.Data ?? new Dictionary<string, string>()).ToDictionary(p => p.Key, p => Encoding.UTF8.GetBytes(p.Value), StringComparer.Ordinal);
        foreach (var (key, value) in map?.BinaryData ?? new Dictionary<string, byte[]>())
        {
            entries[key] = value;
        }

        Add(files, entries, items, optional, common, "configmap", name);
    }

    private async Task AddSecretAsync(Dictionary<string, ProjectedFile> files, V1Pod pod, string name, IList<V1KeyToPath>? items, bool optional, Attributes common, CancellationToken ct)
    {
        var secret = await objects.SecretAsync(pod.Metadata.NamespaceProperty, name, ct).ConfigureAwait(false);
        if (secret is null && !optional)
        {
            throw new MountException($"secret \"{name}\" not found");
        }

        Add(files, secret?.Data ?? new Dictionary<string, byte[]>(), items, optional, common, "secret", name);
    }

    private static void Add(Dictionary<string, ProjectedFile> files, IDictionary<string, byte[]> entries, IList<V1KeyToPath>? items, bool optional, Attributes common, string kind, string name)
    {
        if (items is not { Count: > 0 })
        {
            foreach (var (key, value) in entries)
            {
                files[key] = common.File(value, null, null);
            }

            return;
        }

        foreach (var item in items)
        {
            if (entries.TryGetValue(item.Key, out var value))
            {
                files[item.Path] = common.File(value, item.Mode, item.User);
            }
            else if (!optional)
            {
                throw new MountException($"{kind} \"{name}\" references non-existent key: {item.Key}");
            }
        }
    }

    private void AddFields(Dictionary<string, ProjectedFile> files, V1Pod pod, IList<V1DownwardAPIVolumeFile>? items, Attributes common, IReadOnlyList<string> podIps)
    {
        foreach (var item in items ?? [])
        {
            var text = item.FieldRef is { } field
                ? FieldPath.Read(pod, field.FieldPath, hostIps, podIps)
                : FieldPath.ReadResource(pod, pod.Spec.Containers[0], item.ResourceFieldRef, machine);
            files[item.Path] = common.File(Encoding.UTF8.GetBytes(text), item.Mode, item.User);
        }
    }
}
