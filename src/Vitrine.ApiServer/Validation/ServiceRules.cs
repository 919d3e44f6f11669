using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateService and ValidateServiceUpdate of pkg/apis/core/validation.</summary>
internal static class ServiceRules
{
    public static void Check(JsonObject service, JsonObject? old, List<FieldCause> causes)
    {
        var (spec, before) = (ServiceFields.Spec(service), old is null ? null : ServiceFields.Spec(old));
        var type = spec.Text("type");
        causes.OneOf(spec, "spec", "type", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        ServicePortRules.Check(spec, type, causes);
        ServiceAddressRules.Check(spec, before, causes);
        causes.Labels(spec.Object("selector"), "spec.selector");
        ExternalName(spec, type, causes);
        Affinity(spec, causes);
        Policies(spec, causes);
        LoadBalancer(spec, before, type, causes);
        Status(service, old, type, causes);
    }

    private static void ExternalName(JsonObject spec, string type, List<FieldCause> causes)
    {
        if (type != "ExternalName")
        {
            return;
        }
        foreach (var field in (ReadOnlySpan<string>)["clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            if (spec.Has(field))
            {
                causes.Add(Cause.Forbidden($"spec.{field}", "may not be set for ExternalName services"));
            }
        }
        // A dot at the end makes the name absolute; without it, it is an ordinary DNS name (RFC 1123).
        if (spec.Text("externalName").TrimEnd('.') is { Length: > 0 } name)
        {
            causes.Named("spec.externalName", name, Names.Subdomain);
        }
        else
        {
            causes.Add(Cause.Required("spec.externalName"));
        }
    }

    private static void Affinity(JsonObject spec, List<FieldCause> causes)
    {
        const int Day = 86400;
        causes.OneOf(spec, "spec", "sessionAffinity", "ClientIP", "None");
        var seconds = spec.Object("sessionAffinityConfig").Object("clientIP").Number("timeoutSeconds");
        if (spec.Text("sessionAffinity") == "ClientIP" && seconds is not (> 0 and <= Day))
        {
            causes.Add(Cause.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds ?? 0, $"must be greater than 0 and less than {Day}"));
        }
        else if (spec.Text("sessionAffinity") == "None" && spec.Has("sessionAffinityConfig"))
        {
            causes.Add(Cause.Forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None"));
        }
    }

    private static void Policies(JsonObject spec, List<FieldCause> causes)
    {
        causes.OneOf(spec, "spec", "internalTrafficPolicy", "Cluster", "Local");
        if (spec.Text("trafficDistribution") is { Length: > 0 })
        {
            causes.OneOf(spec, "spec", "trafficDistribution", "PreferClose", "PreferSameZone", "PreferSameNode");
        }
        if (ServiceFields.IsExternallyAccessible(spec))
        {
            if (causes.Require(spec, "spec", "externalTrafficPolicy"))
            {
                causes.OneOf(spec, "spec", "externalTrafficPolicy", "Cluster", "Local");
            }
        }
        else if (spec.Has("externalTrafficPolicy"))
        {
            causes.Add(Cause.Invalid("spec.externalTrafficPolicy", spec.Text("externalTrafficPolicy"), "may only be set for externally-accessible services"));
        }
        if (spec.Number("healthCheckNodePort") is not null and not 0 and var port)
        {
            if (port is < 1 or > 65535)
            {
                causes.Add(Cause.Invalid("spec.healthCheckNodePort", port.Value, "must be between 1 and 65535, inclusive"));
            }
            if (!ServiceFields.NeedsHealthCheckNodePort(spec))
            {
                causes.Add(Cause.Invalid("spec.healthCheckNodePort", port.Value, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
            }
        }
    }

    private static void LoadBalancer(JsonObject spec, JsonObject? before, string type, List<FieldCause> causes)
    {
        const string only = "may only be set when `type` is 'LoadBalancer'";
        for (var (i, ranges) = (0, ServiceFields.Texts(spec, "loadBalancerSourceRanges")); i < ranges.Count; i++)
        {
            if (!AddressRules.IsRange(ranges[i].Trim()))
            {
                causes.Add(Cause.Invalid($"spec.loadBalancerSourceRanges[{i}]", ranges[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
        }
        if (type == "LoadBalancer")
        {
            if (before is not null && ServiceFields.Type(before) == "LoadBalancer" && !ServiceFields.Same(spec, before, "loadBalancerClass"))
            {
                causes.Add(Cause.Invalid("spec.loadBalancerClass", spec["loadBalancerClass"], "may not change once set"));
            }
            if (spec.Text("loadBalancerClass") is { Length: > 0 } name)
            {
                causes.Named("spec.loadBalancerClass", name, Names.Qualified);
            }
            return;
        }
        foreach (var field in (ReadOnlySpan<string>)["loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass"])
        {
            if (spec.Has(field))
            {
                causes.Add(Cause.Forbidden($"spec.{field}", only));
            }
        }
    }

    private static void Status(JsonObject service, JsonObject? old, string type, List<FieldCause> causes)
    {
        var balancer = service.Object("status").Object("loadBalancer");
        if (type != "LoadBalancer" && balancer.Array("ingress") is { Count: > 0 } && !JsonNode.DeepEquals(balancer, old.Object("status").Object("loadBalancer")))
        {
            causes.Add(Cause.Forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is \"LoadBalancer\""));
        }
        var index = 0;
        foreach (var ingress in balancer.Objects("ingress"))
        {
            var at = $"status.loadBalancer.ingress[{index++}]";
            if (ingress.Text("ip") is { Length: > 0 } address)
            {
                causes.Address($"{at}.ip", address);
                causes.OneOf(ingress, at, "ipMode", "Proxy", "VIP");
            }
            else if (ingress.Has("ipMode"))
            {
                causes.Add(Cause.Forbidden($"{at}.ipMode", "may not be specified when `ip` is not set"));
            }
            if (ingress.Text("hostname") is { Length: > 0 } name)
            {
                causes.Named($"{at}.hostname", name, Names.Subdomain);
                if (AddressRules.IsAddress(name))
                {
                    causes.Add(Cause.Invalid($"{at}.hostname", name, "must be a DNS name, not an IP address"));
                }
            }
        }
    }
}
