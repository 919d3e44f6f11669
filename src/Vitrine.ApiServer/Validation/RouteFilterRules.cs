using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Filters of routes and of their backends.</summary>
internal static class RouteFilterRules
{
    private static readonly string[] OfHttp = ["CORS", "ExtensionRef", "RequestHeaderModifier", "RequestMirror", "RequestRedirect", "ResponseHeaderModifier", "URLRewrite"];
    private static readonly string[] OfGrpc = ["ExtensionRef", "RequestHeaderModifier", "RequestMirror", "ResponseHeaderModifier"];

    public static void Http(JsonObject parent, string at, IEnumerable<JsonObject> matches, List<FieldCause> causes)
    {
        Check(parent, at, OfHttp, causes);
        var types = parent.Objects("filters").Select(static f => f.Text("type")).ToArray();
        if (types.Contains("RequestRedirect") && types.Contains("URLRewrite"))
        {
            causes.Add(Cause.Invalid($"{at}.filters", "URLRewrite", "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both"));
        }
        foreach (var (i, filter) in parent.Objects("filters").Index())
        {
            foreach (var field in (ReadOnlySpan<string>)["requestRedirect", "urlRewrite"])
            {
                Path(filter.Object(field).Object("path"), $"{at}.filters[{i}].{field}.path", matches, causes);
            }
            var redirect = filter.Object("requestRedirect");
            causes.OneOf(redirect, $"{at}.filters[{i}].requestRedirect", "scheme", "http", "https");
            causes.Between(redirect, $"{at}.filters[{i}].requestRedirect", "port", 1, 65535);
            if (redirect.Number("statusCode") is { } code && code is not (301 or 302 or 303 or 307 or 308))
            {
                causes.Add(Cause.NotSupported($"{at}.filters[{i}].requestRedirect.statusCode", $"{code}", "301", "302", "303", "307", "308"));
            }
            RouteRules.Hostname($"{at}.filters[{i}].requestRedirect.hostname", redirect.Text("hostname"), causes);
            RouteRules.Hostname($"{at}.filters[{i}].urlRewrite.hostname", filter.Object("urlRewrite").Text("hostname"), causes);
        }
    }

    public static void Grpc(JsonObject parent, string at, List<FieldCause> causes) => Check(parent, at, OfGrpc, causes);

    private static void Check(JsonObject parent, string at, string[] supported, List<FieldCause> causes)
    {
        RouteRules.AtMost(parent.Objects("filters").Count(), 16, $"{at}.filters", causes);
        var seen = new HashSet<string>();
        foreach (var (i, filter) in parent.Objects("filters").Index())
        {
            var (type, here) = (filter.Text("type"), $"{at}.filters[{i}]");
            causes.Require(filter, here, "type");
            causes.OneOf(filter, here, "type", supported);
            if (!seen.Add(type) && type is not ("RequestMirror" or "ExtensionRef"))
            {
                causes.Add(Cause.Invalid($"{at}.filters", type, $"{type} filter cannot be repeated"));
            }
            if (!supported.Contains(type))
            {
                continue;
            }
            foreach (var known in supported.Where(t => (t == type) != filter.Has(Field(t))))
            {
                causes.Add(Cause.Invalid(here, type, known == type ? $"filter.{Field(known)} must be specified for {type} filter.type" : $"filter.{Field(known)} must be nil if the filter.type is not {known}"));
            }
            RouteRules.Headers(filter.Object("requestHeaderModifier"), $"{here}.requestHeaderModifier", causes);
            RouteRules.Headers(filter.Object("responseHeaderModifier"), $"{here}.responseHeaderModifier", causes);
            if (filter.Object("requestMirror") is { } mirror)
            {
                Mirror(mirror, $"{here}.requestMirror", causes);
            }
        }
    }

    private static string Field(string type) => type switch { "CORS" => "cors", "URLRewrite" => "urlRewrite", _ => char.ToLowerInvariant(type[0]) + type[1..] };

    private static void Mirror(JsonObject mirror, string at, List<FieldCause> causes)
    {
        RouteRules.Backend(mirror.Object("backendRef"), $"{at}.backendRef", causes);
        causes.Between(mirror, at, "percent", 0, 100);
        if (mirror.Has("percent") && mirror.Has("fraction"))
        {
            causes.Add(Cause.Invalid(at, "percent", "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter"));
        }
        if (mirror.Object("fraction") is { } fraction && (fraction.Number("denominator") is not >= 1 || fraction.Number("numerator") is not >= 0 || fraction.Number("numerator") > fraction.Number("denominator")))
        {
            causes.Add(Cause.Invalid($"{at}.fraction", fraction, "numerator must be less than or equal to denominator"));
        }
    }

    private static void Path(JsonObject? path, string at, IEnumerable<JsonObject> matches, List<FieldCause> causes)
    {
        if (path is null)
        {
            return;
        }
        causes.OneOf(path, at, "type", "ReplaceFullPath", "ReplacePrefixMatch");
        var type = path.Text("type");
        if (type.Length > 0 && !path.Has(char.ToLowerInvariant(type[0]) + type[1..]))
        {
            causes.Add(Cause.Invalid(at, type, $"{char.ToLowerInvariant(type[0]) + type[1..]} must be specified when type is set to '{type}'"));
        }
        if (type == "ReplacePrefixMatch" && !(matches.Count() == 1 && matches.First().Object("path").Text("type") == "PathPrefix"))
        {
            causes.Add(Cause.Invalid(at, type, "When using URLRewrite or RequestRedirect filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified"));
        }
    }
}
