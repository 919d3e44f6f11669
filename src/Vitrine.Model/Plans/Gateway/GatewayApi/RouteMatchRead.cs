using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A match of a route → what a request must be. A method of gRPC is a path: /service/method.</summary>
internal static class RouteMatchRead
{
    public static RequestMatch Of(JsonElement match, bool isGrpc) => new()
    {
        Path = isGrpc ? Method(match.Part("method")) : Path(match.Part("path")),
        Method = match.Part("method") is { ValueKind: JsonValueKind.String } method ? method.GetString() : null,
        Headers = Values(match, "headers", StringComparer.OrdinalIgnoreCase),
        Query = Values(match, "queryParams", StringComparer.Ordinal),
    };

    private static PathMatch Path(JsonElement path) => new(
        path.Text("type") switch { "Exact" => PathKind.Exact, "RegularExpression" => PathKind.Regex, _ => PathKind.Prefix }, path.Text("value") is { Length: > 0 } value ? value : "/");

    private static PathMatch Method(JsonElement match)
    {
        var (service, method, isRegex) = (match.Text("service"), match.Text("method"), match.Text("type") == "RegularExpression");
        if (service.Length == 0 && method.Length == 0)
            return PathMatch.All;
        if (!isRegex && method.Length == 0)
            return new PathMatch(PathKind.Prefix, $"/{service}");
        if (!isRegex && service.Length > 0)
            return new PathMatch(PathKind.Exact, $"/{service}/{method}");
        string Part(string text) => text.Length == 0 ? "[^/]+" : isRegex ? $"(?:{text})" : Regex.Escape(text);
        return new PathMatch(PathKind.Regex, $"/{Part(service)}/{Part(method)}");
    }

    /// <summary>Of entries with one name the first counts.</summary>
    private static ImmutableArray<ValueMatch> Values(JsonElement match, string list, StringComparer names) =>
        [.. match.Items(list).Select(v => new ValueMatch(v.Text("name"), v.Text("value"), v.Text("type") == "RegularExpression")).DistinctBy(v => v.Name, names)];
}
