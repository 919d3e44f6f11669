using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Paths and backends of an Ingress. Source: validateHTTPIngressPath and validateIngressBackend of pkg/apis/networking/validation.</summary>
internal static class IngressBackendRules
{
    private static readonly string[] InvalidSequences = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] InvalidSuffixes = ["/..", "/."];

    public static void Path(JsonObject path, string at, List<FieldCause> causes)
    {
        var text = path.Text("path");
        if (!path.Has("pathType"))
        {
            causes.Add(Cause.Required($"{at}.pathType", "pathType must be specified"));
            return;
        }
        switch (path.Text("pathType"))
        {
            case "Exact" or "Prefix":
                Absolute(text, at, causes);
                foreach (var sequence in InvalidSequences.Where(s => text.Contains(s, StringComparison.Ordinal)))
                {
                    causes.Add(Cause.Invalid($"{at}.path", text, $"must not contain '{sequence}'"));
                }
                foreach (var suffix in InvalidSuffixes.Where(s => text.EndsWith(s, StringComparison.Ordinal)))
                {
                    causes.Add(Cause.Invalid($"{at}.path", text, $"cannot end with '{suffix}'"));
                }
                break;
            case "ImplementationSpecific":
                if (text.Length > 0)
                {
                    Absolute(text, at, causes);
                }
                break;
            case var other:
                causes.Add(Cause.NotSupported($"{at}.pathType", other, "Exact", "ImplementationSpecific", "Prefix"));
                break;
        }
        Check(path.Object("backend") ?? [], $"{at}.backend", causes);
    }

    public static void Check(JsonObject backend, string at, List<FieldCause> causes)
    {
        switch (backend.Object("service"), backend.Object("resource"))
        {
            case (not null, not null):
                causes.Add(Cause.Invalid(at, "", "cannot set both resource and service backends"));
                break;
            case (null, { } resource):
                if (resource.Text("apiGroup") is { Length: > 0 } group)
                {
                    causes.Named($"{at}.resource.apiGroup", group, Names.Subdomain);
                }
                causes.Require(resource, $"{at}.resource", "kind");
                causes.Require(resource, $"{at}.resource", "name");
                break;
            case ({ } service, null):
                Service(service, at, causes);
                break;
            default:
                causes.Add(Cause.Invalid(at, "", "resource or service backend is required"));
                break;
        }
    }

    private static void Service(JsonObject service, string at, List<FieldCause> causes)
    {
        if (causes.Require(service, $"{at}.service", "name"))
        {
            causes.Named($"{at}.service.name", service.Text("name"), Names.Label);
        }
        var (name, number) = (service.Object("port").Text("name"), service.Object("port").Number("number") ?? 0);
        switch (name.Length > 0, number != 0)
        {
            case (true, true):
                causes.Add(Cause.Invalid(at, "", "cannot set both port name & port number"));
                break;
            case (true, false):
                causes.Named($"{at}.service.port.name", name, Names.PortName);
                break;
            case (false, true):
                causes.Between(service.Object("port"), $"{at}.service.port", "number", 1, 65535);
                break;
            default:
                causes.Add(Cause.Required(at, "port name or number is required"));
                break;
        }
    }

    private static void Absolute(string path, string at, List<FieldCause> causes)
    {
        if (!path.StartsWith('/'))
        {
            causes.Add(Cause.Invalid($"{at}.path", path, "must be an absolute path"));
        }
    }
}
