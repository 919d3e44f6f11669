using System.Collections.Immutable;
using System.Text;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>Ingresses, their classes and what they refer to, of the client → the records of a snapshot.</summary>
public static class IngressReader
{
    public const string SettingPrefix = "nginx.ingress.kubernetes.io/";
    private const string OlderClass = "kubernetes.io/ingress.class";
    private const string IsDefault = "ingressclass.kubernetes.io/is-default-class";

    public static Ingress Read(V1Ingress ingress) => new()
    {
        Namespace = ingress.Metadata.NamespaceProperty,
        Name = ingress.Metadata.Name,
        Uid = ingress.Metadata.Uid ?? "",
        Created = ingress.Metadata.CreationTimestamp is { } created ? new DateTimeOffset(DateTime.SpecifyKind(created, DateTimeKind.Utc)) : default,
        ClassName = ingress.Spec?.IngressClassName ?? Annotation(ingress.Metadata, OlderClass),
        Settings = (ingress.Metadata.Annotations ?? new Dictionary<string, string>()).Where(a => a.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
            .ToImmutableSortedDictionary(a => a.Key[SettingPrefix.Length..], a => a.Value ?? "", StringComparer.Ordinal),
        DefaultBackend = ingress.Spec?.DefaultBackend is { } backend ? Read(backend) : null,
        Rules = [.. (ingress.Spec?.Rules ?? []).Select(r => new IngressRule(
            r.Host ?? "", [.. (r.Http?.Paths ?? []).Select(p => new IngressPath(p.Path ?? "", p.PathType ?? "ImplementationSpecific", Read(p.Backend)))]))],
        Tls = [.. (ingress.Spec?.Tls ?? []).Select(t => new IngressTls([.. t.Hosts ?? []], t.SecretName ?? ""))],
        Addresses = [.. (ingress.Status?.LoadBalancer?.Ingress ?? []).Select(i => i.Ip).OfType<string>()],
    };

    public static IngressClass Read(V1IngressClass value) => new(value.Metadata.Name, value.Spec?.Controller ?? "", Annotation(value.Metadata, IsDefault) == "true");

    public static Secret Read(V1Secret secret) => new(
        secret.Metadata.NamespaceProperty, secret.Metadata.Name, secret.Type ?? "",
        (secret.Data ?? new Dictionary<string, byte[]>()).ToImmutableDictionary(d => d.Key, d => Encoding.UTF8.GetString(d.Value)));

    public static ConfigMap Read(V1ConfigMap map) => new(map.Metadata.NamespaceProperty, map.Metadata.Name, (map.Data ?? new Dictionary<string, string>()).ToImmutableDictionary());

    private static IngressBackend Read(V1IngressBackend? backend) => backend switch
    {
        { Service: { } service } => new(service.Name, service.Port?.Name ?? "", service.Port?.Number ?? 0),
        { Resource: { } resource } => new("", "", 0, $"{resource.Kind}{(resource.ApiGroup is { Length: > 0 } group ? $".{group}" : "")}/{resource.Name}"),
        _ => new("", "", 0),
    };

    private static string Annotation(V1ObjectMeta metadata, string name) => metadata.Annotations?.TryGetValue(name, out var value) == true ? value ?? "" : "";
}
