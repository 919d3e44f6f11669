using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>A GRPCRoute: the schema of the custom resource and its CEL rules.</summary>
internal static partial class GrpcRouteRules
{
    public static void Check(JsonObject route, JsonObject? old, List<FieldCause> causes)
    {
        var spec = route.Object("spec");
        RouteRules.Parents(spec, causes);
        foreach (var (i, rule) in spec.Objects("rules").Index())
        {
            var at = $"spec.rules[{i}]";
            foreach (var (j, match) in rule.Objects("matches").Index())
            {
                Method(match.Object("method"), $"{at}.matches[{j}].method", causes);
                RouteRules.Values(match, "headers", $"{at}.matches[{j}]", causes);
            }
            RouteFilterRules.Grpc(rule, at, causes);
            foreach (var (j, backend) in rule.Objects("backendRefs").Index())
            {
                RouteRules.Backend(backend, $"{at}.backendRefs[{j}]", causes);
                RouteFilterRules.Grpc(backend, $"{at}.backendRefs[{j}]", causes);
            }
        }
    }

    private static void Method(JsonObject? method, string at, List<FieldCause> causes)
    {
        if (method is null)
        {
            return;
        }
        causes.OneOf(method, at, "type", "Exact", "RegularExpression");
        if (method.Text("service").Length == 0 && method.Text("method").Length == 0)
        {
            causes.Add(Cause.Invalid(at, method, "One or both of 'service' or 'method' must be specified"));
        }
        foreach (var field in (ReadOnlySpan<string>)["service", "method"])
        {
            if (method.Text("type") != "RegularExpression" && method.Text(field) is { Length: > 0 } text && !(field == "service" ? IsService() : IsMethod()).IsMatch(text))
            {
                causes.Add(Cause.Invalid($"{at}.{field}", text, $"{field} must only contain valid characters"));
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsService();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z_0-9]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsMethod();
}
