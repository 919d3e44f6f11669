using System.Text;
using k8s.Models;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Volumes;

/// <summary>The files a configMap, secret, downwardAPI or projected volume holds.</summary>
internal sealed class ProjectedContent(ObjectSource objects, TokenSource tokens, Node.MachineCapacity machine, IReadOnlyList<string> hostIps)
{
    private const int DefaultMode = 0b110_100_100;

    public async Task<Dictionary<string, (byte[] Content, int Mode)>> ComputeAsync(V1Pod pod, V1Volume volume, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var files = new Dictionary<string, (byte[], int)>(StringComparer.Ordinal);
        switch (volume)
        {
            case { ConfigMap: { } map }:
                await AddConfigMapAsync(files, pod, map.Name, map.Items, map.Optional == true, map.DefaultMode, ct).ConfigureAwait(false);
                break;
            case { Secret: { } secret }:
                await AddSecretAsync(files, pod, secret.SecretName, secret.Items, secret.Optional == true, secret.DefaultMode, ct).ConfigureAwait(false);
                break;
            case { DownwardAPI: { } downward }:
                AddFields(files, pod, downward.Items, downward.DefaultMode, podIps);
                break;
            case { Projected: { } projected }:
                foreach (var source in projected.Sources ?? [])
                {
                    await AddSourceAsync(files, pod, source, projected.DefaultMode, podIps, ct).ConfigureAwait(false);
                }

                break;
        }

        return files;
    }

    /// <summary>The pod is gone.</summary>
    public void Forget(string uid) => tokens.Forget(uid);

    private async Task AddSourceAsync(Dictionary<string, (byte[], int)> files, V1Pod pod, V1VolumeProjection source, int? mode, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        switch (source)
        {
            case { ConfigMap: { } map }:
                await AddConfigMapAsync(files, pod, map.Name, map.Items, map.Optional == true, mode, ct).ConfigureAwait(false);
                break;
            case { Secret: { } secret }:
                await AddSecretAsync(files, pod, secret.Name, secret.Items, secret.Optional == true, mode, ct).ConfigureAwait(false);
                break;
            case { DownwardAPI: { } downward }:
                AddFields(files, pod, downward.Items, mode, podIps);
                break;
            case { ServiceAccountToken: { } token }:
                files[token.Path] = (Encoding.UTF8.GetBytes(await tokens.TokenAsync(pod, token, ct).ConfigureAwait(false)), mode ?? DefaultMode);
                break;
            default:
                throw new MountException("only configMap, secret, downwardAPI and serviceAccountToken sources of a projected volume are supported on this node");
        }
    }

    private async Task AddConfigMapAsync(Dictionary<string, (byte[], int)> files, V1Pod pod, string name, IList<V1KeyToPath>? items, bool optional, int? mode, CancellationToken ct)
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

        Add(files, entries, items, optional, mode, "configmap", name);
    }

    private async Task AddSecretAsync(Dictionary<string, (byte[], int)> files, V1Pod pod, string name, IList<V1KeyToPath>? items, bool optional, int? mode, CancellationToken ct)
    {
        var secret = await objects.SecretAsync(pod.Metadata.NamespaceProperty, name, ct).ConfigureAwait(false);
        if (secret is null && !optional)
        {
            throw new MountException($"secret \"{name}\" not found");
        }

        Add(files, secret?.Data ?? new Dictionary<string, byte[]>(), items, optional, mode, "secret", name);
    }

    private static void Add(Dictionary<string, (byte[], int)> files, IDictionary<string, byte[]> entries, IList<V1KeyToPath>? items, bool optional, int? mode, string kind, string name)
    {
        if (items is not { Count: > 0 })
        {
            foreach (var (key, value) in entries)
            {
                files[key] = (value, mode ?? DefaultMode);
            }

            return;
        }

        foreach (var item in items)
        {
            if (entries.TryGetValue(item.Key, out var value))
            {
                files[item.Path] = (value, item.Mode ?? mode ?? DefaultMode);
            }
            else if (!optional)
            {
                throw new MountException($"{kind} \"{name}\" references non-existent key: {item.Key}");
            }
        }
    }

    private void AddFields(Dictionary<string, (byte[], int)> files, V1Pod pod, IList<V1DownwardAPIVolumeFile>? items, int? mode, IReadOnlyList<string> podIps)
    {
        foreach (var item in items ?? [])
        {
            var text = item.FieldRef is { } field
                ? FieldPath.Read(pod, field.FieldPath, hostIps, podIps)
                : FieldPath.ReadResource(pod, pod.Spec.Containers[0], item.ResourceFieldRef, machine);
            files[item.Path] = (Encoding.UTF8.GetBytes(text), item.Mode ?? mode ?? DefaultMode);
        }
    }
}
