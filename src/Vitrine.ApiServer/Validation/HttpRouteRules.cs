using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>An HTTPRoute: the schema of the custom resource and its CEL rules.</summary>
internal static class HttpRouteRules
{
    private static readonly string[] BadSequences = ["//", "/./", "/../", "%2f", "%2F", "#"];
    private static readonly string[] BadEnds = ["/..", "/."];

    public static void Check(JsonObject route, JsonObject? old, List<FieldCause> causes)
    {
        var spec = route.Object("spec");
        RouteRules.Parents(spec, causes);
        foreach (var (i, rule) in spec.Objects("rules").Index())
        {
            var at = $"spec.rules[{i}]";
            foreach (var (j, match) in rule.Objects("matches").Index())
            {
                Path(match.Object("path"), $"{at}.matches[{j}].path", causes);
                causes.OneOf(match, $"{at}.matches[{j}]", "method", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");
                RouteRules.Values(match, "headers", $"{at}.matches[{j}]", causes);
                RouteRules.Values(match, "queryParams", $"{at}.matches[{j}]", causes);
            }
            RouteFilterRules.Http(rule, at, rule.Objects("matches"), causes);
            foreach (var (j, backend) in rule.Objects("backendRefs").Index())
            {
                RouteRules.Backend(backend, $"{at}.backendRefs[{j}]", causes);
                RouteFilterRules.Http(backend, $"{at}.backendRefs[{j}]", rule.Objects("matches"), causes);
            }
            RouteRules.Duration(rule.Object("timeouts"), $"{at}.timeouts", "request", causes);
            RouteRules.Duration(rule.Object("timeouts"), $"{at}.timeouts", "backendRequest", causes);
            RouteRules.Duration(rule.Object("retry"), $"{at}.retry", "backoff", causes);
            if (rule.Objects("filters").Any(static f => f.Text("type") == "RequestRedirect") && rule.Objects("backendRefs").Any())
            {
                causes.Add(Cause.Invalid(at, "RequestRedirect", "RequestRedirect filter must not be used together with backendRefs"));
            }
        }
    }

    private static void Path(JsonObject? path, string at, List<FieldCause> causes)
    {
        var (type, value) = (path.Text("type"), path.Text("value"));
        causes.OneOf(path, at, "type", "Exact", "PathPrefix", "RegularExpression");
        if (type is not ("Exact" or "PathPrefix"))
        {
            return;
        }
        if (!value.StartsWith('/'))
        {
            causes.Add(Cause.Invalid($"{at}.value", value, "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']"));
        }
        foreach (var sequence in BadSequences.Where(s => value.Contains(s, StringComparison.Ordinal)))
        {
            causes.Add(Cause.Invalid($"{at}.value", value, $"must not contain '{sequence}' when type one of ['Exact', 'PathPrefix']"));
        }
        foreach (var end in BadEnds.Where(e => value.EndsWith(e, StringComparison.Ordinal)))
        {
            causes.Add(Cause.Invalid($"{at}.value", value, $"must not end with '{end}' when type one of ['Exact', 'PathPrefix']"));
        }
    }
}
