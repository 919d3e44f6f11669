using System.Text;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>A container's environment: Services, then envFrom, then env in order, each able to use the ones before it.</summary>
internal sealed class ContainerEnvironment(ObjectSource objects, Node.MachineCapacity machine, IReadOnlyList<string> hostIps)
{
    /// <exception cref="ConfigException">A reference that is not optional leads nowhere.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ComputeAsync(V1Pod pod, V1Container container, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var ns = pod.Metadata.NamespaceProperty;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in await ServicesAsync(pod, ct).ConfigureAwait(false))
        {
            variables[key] = value;
        }

        foreach (var source in container.EnvFrom ?? [])
        {
            var (entries, optional, what) = source switch
            {
                { ConfigMapRef: { } map } => ((await objects.ConfigMapAsync(ns, map.Name, ct).ConfigureAwait(false)) is { } found ? found.Data ?? new Dictionary<string, string>() : null, map.Optional, $"configmap \"{map.Name}\" not found"),
                { SecretRef: { } secret } => (Text(await objects.SecretAsync(ns, secret.Name, ct).ConfigureAwait(false)), secret.Optional, $"secret \"{secret.Name}\" not found"),
                _ => (new Dictionary<string, string>(), true, ""),
            };
            if (entries is null && optional != true)
            {
                throw new ConfigException(what);
            }

            foreach (var (key, value) in entries ?? new Dictionary<string, string>())
            {
                variables[source.Prefix + key] = value;
            }
        }

        foreach (var entry in container.Env ?? [])
        {
            var value = entry.ValueFrom is { } from
                ? await ReferredAsync(pod, container, from, podIps, ct).ConfigureAwait(false)
                : VariableExpansion.Expand(entry.Value ?? "", name => variables.GetValueOrDefault(name));
            if (value is not null)
            {
                variables[entry.Name] = value;
            }
        }

        return variables;
    }

    private async Task<IEnumerable<KeyValuePair<string, string>>> ServicesAsync(V1Pod pod, CancellationToken ct)
    {
        try
        {
            var services = pod.Spec.EnableServiceLinks != false ? await objects.ServicesAsync(pod.Metadata.NamespaceProperty, ct).ConfigureAwait(false) : [];
            return ServiceVariables.Of(services, await objects.ServiceAsync("default", "kubernetes", ct).ConfigureAwait(false));
        }
        catch (Exception e) when (StaticPod.Is(pod) && !ct.IsCancellationRequested && e is HttpRequestException or OperationCanceledException)
        {
            // A static pod may be what the API itself needs: it does not wait for it.
            return [];
        }
    }

    private async Task<string?> ReferredAsync(V1Pod pod, V1Container container, V1EnvVarSource from, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var ns = pod.Metadata.NamespaceProperty;
        switch (from)
        {
            case { FieldRef: { } field }:
                return FieldPath.Read(pod, field.FieldPath, hostIps, podIps);
            case { ResourceFieldRef: { } resource }:
                return FieldPath.ReadResource(pod, container, resource, machine);
            case { ConfigMapKeyRef: { } key }:
                var map = await objects.ConfigMapAsync(ns, key.Name, ct).ConfigureAwait(false);
                return Pick(map is null ? null : map.Data ?? new Dictionary<string, string>(), key.Key, key.Optional == true, $"configmap \"{key.Name}\" not found", $"ConfigMap {ns}/{key.Name}");
            case { SecretKeyRef: { } key }:
                return Pick(Text(await objects.SecretAsync(ns, key.Name, ct).ConfigureAwait(false)), key.Key, key.Optional == true, $"secret \"{key.Name}\" not found", $"Secret {ns}/{key.Name}");
            default:
                throw new ConfigException("valueFrom names no source this node knows");
        }
    }

    private static string? Pick(IDictionary<string, string>? entries, string key, bool optional, string missing, string owner)
    {
        if (entries is null)
        {
            return optional ? null : throw new ConfigException(missing);
        }

        return entries.TryGetValue(key, out var value) ? value : optional ? null : throw new ConfigException($"couldn't find key {key} in {owner}");
    }

    private static Dictionary<string, string>? Text(V1Secret? secret) =>
        secret is null ? null : (secret.Data ?? new Dictionary<string, byte[]>()).ToDictionary(p => p.Key, p => Encoding.UTF8.GetString(p.Value), StringComparer.Ordinal);
}
