using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: SetDefaults_Service of pkg/apis/core/v1/defaults.go.</summary>
internal static class ServiceDefaults
{
    private const int AffinitySeconds = 10800;

    public static void Apply(JsonObject service)
    {
        var spec = service.Ensure("spec");
        spec.DefaultText("sessionAffinity", "None");
        spec.DefaultText("type", "ClusterIP");
        Affinity(spec);
        foreach (var port in spec.Objects("ports"))
        {
            port.DefaultText("protocol", "TCP");
            if (port["targetPort"] is null || port.Number("targetPort") == 0 || (port["targetPort"].AsText() is { Length: 0 }))
            {
                port["targetPort"] = port["port"]?.DeepClone();
            }
            OmitZero(port, "nodePort");
        }
        OmitZero(spec, "healthCheckNodePort");
        foreach (var list in (ReadOnlySpan<string>)["ports", "externalIPs", "clusterIPs", "ipFamilies", "loadBalancerSourceRanges"])
        {
            if (spec[list] is JsonArray { Count: 0 })
            {
                spec.Remove(list);
            }
        }
        if (spec["selector"] is JsonObject { Count: 0 })
        {
            spec.Remove("selector");
        }
        if (ServiceFields.IsExternallyAccessible(spec))
        {
            spec.DefaultText("externalTrafficPolicy", "Cluster");
        }
        if (ServiceFields.NeedsClusterIP(spec))
        {
            spec.DefaultText("internalTrafficPolicy", "Cluster");
        }
        if (ServiceFields.Type(spec) == "LoadBalancer")
        {
            spec["allocateLoadBalancerNodePorts"] ??= true;
        }
        foreach (var ingress in service.Ensure("status").Ensure("loadBalancer").Objects("ingress"))
        {
            if (ingress.Text("ip").Length > 0)
            {
                ingress.DefaultText("ipMode", "VIP");
            }
        }
    }

    private static void Affinity(JsonObject spec)
    {
        if (spec.Text("sessionAffinity") == "ClientIP")
        {
            spec.Ensure("sessionAffinityConfig").Ensure("clientIP").DefaultNumber("timeoutSeconds", AffinitySeconds);
        }
        else if (spec.Text("sessionAffinity") == "None")
        {
            spec.Remove("sessionAffinityConfig");
        }
    }

    private static void OmitZero(JsonObject parent, string field)
    {
        if (parent.Number(field) == 0)
        {
            parent.Remove(field);
        }
    }
}
