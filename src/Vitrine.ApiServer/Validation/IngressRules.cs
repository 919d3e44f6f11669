using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateIngressCreate, ValidateIngressUpdate and ValidateIngressStatusUpdate of pkg/apis/networking/validation.</summary>
internal static class IngressRules
{
    private const string OlderClass = "kubernetes.io/ingress.class";

    public static void Check(JsonObject ingress, JsonObject? old, List<FieldCause> causes)
    {
        var spec = ingress.Object("spec");
        var annotations = ingress["metadata"].Object("annotations");
        if (old is null && spec.Has("ingressClassName") && annotations.Has(OlderClass))
        {
            causes.Add(Cause.Invalid($"annotations.{OlderClass}", annotations.Text(OlderClass), "can not be set when the class field is also set"));
        }
        var rules = spec.Objects("rules").ToArray();
        if (rules.Length == 0 && !spec.Has("defaultBackend"))
        {
            causes.Add(Cause.Invalid("spec", (JsonNode?)null, "either `defaultBackend` or `rules` must be specified"));
        }
        if (spec.Object("defaultBackend") is { } backend)
        {
            IngressBackendRules.Check(backend, "spec.defaultBackend", causes);
        }
        for (var i = 0; i < rules.Length; i++)
        {
            Rule(rules[i], $"spec.rules[{i}]", causes);
        }
        foreach (var (i, tls) in spec.Objects("tls").Index())
        {
            Tls(tls, $"spec.tls[{i}]", causes);
        }
        if (spec.Has("ingressClassName"))
        {
            causes.Named("spec.ingressClassName", spec.Text("ingressClassName"), Names.Subdomain);
        }
        foreach (var (i, status) in ingress.Object("status").Object("loadBalancer").Objects("ingress").Index())
        {
            Status(status, $"status.loadBalancer.ingress[{i}]", causes);
        }
    }

    private static void Rule(JsonObject rule, string at, List<FieldCause> causes)
    {
        if (rule.Text("host") is { Length: > 0 } host)
        {
            if (AddressRules.IsAddress(host))
            {
                causes.Add(Cause.Invalid($"{at}.host", host, "must be a DNS name, not an IP address"));
            }
            Host($"{at}.host", host, causes);
        }
        if (rule.Object("http") is not { } http)
        {
            return;
        }
        var paths = http.Objects("paths").ToArray();
        if (paths.Length == 0)
        {
            causes.Add(Cause.Required($"{at}.http.paths"));
        }
        for (var i = 0; i < paths.Length; i++)
        {
            IngressBackendRules.Path(paths[i], $"{at}.http.paths[{i}]", causes);
        }
    }

    private static void Tls(JsonObject tls, string at, List<FieldCause> causes)
    {
        foreach (var (i, host) in (tls.Array("hosts") ?? []).Index())
        {
            Host($"{at}.hosts[{i}]", host.AsText() ?? "", causes);
        }
        if (tls.Text("secretName") is { Length: > 0 } secret)
        {
            causes.Named($"{at}.secretName", secret, Names.Subdomain);
        }
    }

    private static void Host(string field, string host, List<FieldCause> causes) =>
        causes.Named(field, host, host.Contains('*', StringComparison.Ordinal) ? Names.Wildcard : Names.Subdomain);

    private static void Status(JsonObject status, string at, List<FieldCause> causes)
    {
        if (status.Text("ip") is { Length: > 0 } ip)
        {
            causes.Address($"{at}.ip", ip);
        }
        if (status.Text("hostname") is not { Length: > 0 } host)
        {
            return;
        }
        causes.Named($"{at}.hostname", host, Names.Subdomain);
        if (AddressRules.IsAddress(host))
        {
            causes.Add(Cause.Invalid($"{at}.hostname", host, "must be a DNS name, not an IP address"));
        }
    }
}
