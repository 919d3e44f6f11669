using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.Model.Gateway;

/// <summary>YAML → a snapshot with everything a gateway's plan looks at.</summary>
internal static class GatewayObjects
{
    public static ClusterSnapshot Read(string yaml)
    {
        var snapshot = ClusterSnapshot.Empty;
        foreach (var json in $"\n{yaml}".Split("\n---\n").Where(d => d.Trim().Length > 0).Select(d => YamlTree.Parse(d, [])!.ToJsonString()))
            snapshot = Add(snapshot, json);
        return snapshot;
    }

    /// <summary>As the API server keeps it: defaulted, and with nothing wrong.</summary>
    private static JsonElement Admitted(GatewayResource resource, string json)
    {
        var kind = KindList.Find(GatewayKinds.Group, resource.Version, resource.Plural)!;
        var value = Sample.Decode(kind, json, contentType: "application/json");
        kind.Default(value);
        Assert.Empty(Sample.Faults(kind, value));
        return JsonSerializer.SerializeToElement(value);
    }

    private static ClusterSnapshot Add(ClusterSnapshot snapshot, string json)
    {
        switch (KubernetesJson.Deserialize<V1Namespace>(json).Kind)
        {
            case "Service" when ServiceReader.Read(KubernetesJson.Deserialize<V1Service>(json)) is var service:
                return snapshot with { Services = snapshot.Services.Add(service.Key, service) };
            case "EndpointSlice":
                return snapshot.With(ServiceReader.Read(KubernetesJson.Deserialize<V1EndpointSlice>(json))!);
            case "Ingress" when IngressReader.Read(KubernetesJson.Deserialize<V1Ingress>(json)) is var ingress:
                return snapshot with { Ingresses = snapshot.Ingresses.Add(ingress.Key, ingress) };
            case "IngressClass" when IngressReader.Read(KubernetesJson.Deserialize<V1IngressClass>(json)) is var value:
                return snapshot with { IngressClasses = snapshot.IngressClasses.Add(value.Name, value) };
            case "Secret" when KubernetesJson.Deserialize<V1Secret>(json) is var secret:
                var read = IngressReader.Read(secret);
                return snapshot with { Secrets = snapshot.Secrets.Add(read.Key, read with { Values = read.Values.AddRange(secret.StringData ?? new Dictionary<string, string>()) }) };
            case "ConfigMap" when IngressReader.Read(KubernetesJson.Deserialize<V1ConfigMap>(json)) is var map:
                return snapshot with { ConfigMaps = snapshot.ConfigMaps.Add(map.Key, map) };
            case "Namespace" when SnapshotReader.Read(KubernetesJson.Deserialize<V1Namespace>(json)) is var ns:
                return snapshot with { Namespaces = snapshot.Namespaces.Add(ns.Name, ns) };
            case var kind when GatewayResources.All.FirstOrDefault(r => r.Kind == kind) is { } resource:
                return resource.After(snapshot, new WatchChange<GatewayObject>(WatchChangeKind.Upserted, [GatewayObject.Read(kind, Admitted(resource, json))]));
            case var other:
                throw new ArgumentException($"{other} is no kind these tests know");
        }
    }
}
