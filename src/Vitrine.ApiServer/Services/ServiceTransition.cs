using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Services;

/// <summary>
/// What a change of a Service means for the fields its client did not speak of. Source: pkg/registry/core/service/strategy.go
/// and storage.go (normalizeClusterIPs, patchAllocatedValues, dropTypeDependentFields).
/// </summary>
internal static class ServiceTransition
{
    /// <summary>clusterIP and clusterIPs say the same, also when a client knows only the first.</summary>
    public static void Normalize(JsonObject spec, JsonObject? before)
    {
        var (one, many) = (spec.Text("clusterIP"), ServiceFields.Texts(spec, "clusterIPs"));
        if (before is null)
        {
            if (one.Length > 0 && many.Count == 0)
            {
                ServiceFields.SetClusterIPs(spec, [one]);
            }
            return;
        }
        var untouched = many.SequenceEqual(ServiceFields.Texts(before, "clusterIPs"));
        if (before.Text("clusterIP").Length > 0 && one.Length == 0 && untouched)
        {
            spec.Remove("clusterIPs");
        }
        else if (one.Length > 0 && one != before.Text("clusterIP") && (untouched || many.Count == 0))
        {
            ServiceFields.SetClusterIPs(spec, [one]);
        }
    }

    /// <summary>What was handed out stays, unless it was changed: a client that sends its own manifest again does not mean to lose it.</summary>
    public static void Patch(JsonObject spec, JsonObject before)
    {
        if (ServiceFields.NeedsClusterIP(spec) && ServiceFields.NeedsClusterIP(before))
        {
            if (spec.Text("clusterIP").Length == 0 && before.Text("clusterIP") is { Length: > 0 } address)
            {
                spec["clusterIP"] = address;
            }
            if (!spec.Has("clusterIPs") && spec.Text("clusterIP") == before.Text("clusterIP"))
            {
                Take(spec, before, "clusterIPs");
            }
            foreach (var field in (ReadOnlySpan<string>)["ipFamilyPolicy", "ipFamilies"])
            {
                if (!spec.Has(field))
                {
                    Take(spec, before, field);
                }
            }
        }
        if (ServiceFields.MayHaveNodePorts(spec) && ServiceFields.MayHaveNodePorts(before))
        {
            PatchNodePorts(spec, before);
        }
        if (ServiceFields.NeedsHealthCheckNodePort(spec) && ServiceFields.NeedsHealthCheckNodePort(before) && spec.Number("healthCheckNodePort") is null or 0)
        {
            Take(spec, before, "healthCheckNodePort");
        }
    }

    /// <summary>Fields of the old type that the new one cannot have go, unless the client has changed them: then validation has its say.</summary>
    public static void Drop(JsonObject spec, JsonObject before)
    {
        if (ServiceFields.NeedsClusterIP(before) && !ServiceFields.NeedsClusterIP(spec))
        {
            DropSame(spec, before, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
        }
        if (ServiceFields.MayHaveNodePorts(before) && !ServiceFields.MayHaveNodePorts(spec) && NodePorts(spec).SetEquals(NodePorts(before)))
        {
            foreach (var port in spec.Objects("ports"))
            {
                port.Remove("nodePort");
            }
        }
        if (ServiceFields.NeedsHealthCheckNodePort(before) && !ServiceFields.NeedsHealthCheckNodePort(spec))
        {
            DropSame(spec, before, "healthCheckNodePort");
        }
        if (ServiceFields.Type(before) == "LoadBalancer" && ServiceFields.Type(spec) != "LoadBalancer")
        {
            DropSame(spec, before, "allocateLoadBalancerNodePorts", "loadBalancerClass");
        }
        if (ServiceFields.IsExternallyAccessible(before) && !ServiceFields.IsExternallyAccessible(spec))
        {
            DropSame(spec, before, "externalTrafficPolicy");
        }
    }

    private static void PatchNodePorts(JsonObject spec, JsonObject before)
    {
        var used = NodePorts(spec);
        used.IntersectWith(NodePorts(before));
        foreach (var port in spec.Objects("ports").Where(static port => port.Number("nodePort") is null or 0))
        {
            var old = before.Objects("ports").LastOrDefault(other => other.Text("name") == port.Text("name"))?.Number("nodePort") ?? 0;
            if (old > 0 && used.Add(old))
            {
                port["nodePort"] = old;
            }
        }
    }

    private static HashSet<long> NodePorts(JsonObject spec) => [.. spec.Objects("ports").Select(static port => port.Number("nodePort") ?? 0).Where(static port => port > 0)];

    private static void DropSame(JsonObject spec, JsonObject before, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (ServiceFields.Same(spec, before, field))
            {
                spec.Remove(field);
            }
        }
    }

    private static void Take(JsonObject spec, JsonObject before, string field)
    {
        if (before[field] is { } value)
        {
            spec[field] = value.DeepClone();
        }
    }
}
