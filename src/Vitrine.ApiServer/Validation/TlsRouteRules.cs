using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>TLSRoutes and BackendTLSPolicies: the schemas of the custom resources and their CEL rules.</summary>
internal static class TlsRouteRules
{
    public static void Check(JsonObject route, JsonObject? old, List<FieldCause> causes)
    {
        var spec = route.Object("spec");
        RouteRules.Parents(spec, causes);
        if ((spec.Array("hostnames") ?? []).Count == 0)
        {
            causes.Add(Cause.Required("spec.hostnames"));
        }
        if (spec.Objects("rules").Count() != 1)
        {
            causes.Add(Cause.Invalid("spec.rules", spec.Objects("rules").Count(), "must have 1 item"));
        }
        foreach (var (i, rule) in spec.Objects("rules").Index())
        {
            foreach (var (j, backend) in rule.Objects("backendRefs").Index())
            {
                RouteRules.Backend(backend, $"spec.rules[{i}].backendRefs[{j}]", causes);
                if (backend.Has("filters"))
                {
                    causes.Add(Cause.Forbidden($"spec.rules[{i}].backendRefs[{j}].filters", "there are no filters of what is not opened"));
                }
            }
        }
    }

    public static void CheckPolicy(JsonObject policy, JsonObject? old, List<FieldCause> causes)
    {
        var (targets, validation) = (policy.Object("spec").Objects("targetRefs").ToArray(), policy.Object("spec").Object("validation"));
        if (targets.Length is 0 or > 16)
        {
            causes.Add(Cause.Invalid("spec.targetRefs", targets.Length, "must have between 1 and 16 items"));
        }
        for (var i = 0; i < targets.Length; i++)
        {
            causes.Require(targets[i], $"spec.targetRefs[{i}]", "kind");
            causes.Require(targets[i], $"spec.targetRefs[{i}]", "name");
        }
        if (causes.Require(validation, "spec.validation", "hostname"))
        {
            RouteRules.Hostname("spec.validation.hostname", validation.Text("hostname"), causes);
        }
        var (own, known) = (validation.Objects("caCertificateRefs").Any(), validation.Text("wellKnownCACertificates").Length > 0);
        if (own && known)
        {
            causes.Add(Cause.Invalid("spec.validation", "caCertificateRefs", "must not contain both CACertificateRefs and WellKnownCACertificates"));
        }
        if (!own && !known)
        {
            causes.Add(Cause.Invalid("spec.validation", "", "must specify either CACertificateRefs or WellKnownCACertificates"));
        }
        causes.OneOf(validation, "spec.validation", "wellKnownCACertificates", "System");
    }
}
