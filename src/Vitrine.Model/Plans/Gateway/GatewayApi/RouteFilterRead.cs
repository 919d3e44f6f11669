using System.Collections.Immutable;
using System.Text.Json;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A filter of a route → what is done to a request.</summary>
internal static class RouteFilterRead
{
    /// <summary>Null for one that refers to something, or is not known.</summary>
    public static RouteFilter? Of(JsonElement filter) => filter.Text("type") switch
    {
        "RequestHeaderModifier" => Headers(filter.Part("requestHeaderModifier"), false),
        "ResponseHeaderModifier" => Headers(filter.Part("responseHeaderModifier"), true),
        "RequestRedirect" => Redirect(filter.Part("requestRedirect")),
        "URLRewrite" => new RewriteFilter(Some(filter.Part("urlRewrite").Text("hostname")), Path(filter.Part("urlRewrite").Part("path"))),
        "CORS" => Cors(filter.Part("cors")),
        _ => null,
    };

    private static HeaderFilter Headers(JsonElement modifier, bool ofResponse) => new(ofResponse)
    {
        Set = Values(modifier, "set"), Add = Values(modifier, "add"), Remove = [.. modifier.Texts("remove")],
    };

    private static ImmutableArray<HeaderValue> Values(JsonElement modifier, string list) => [.. modifier.Items(list).Select(h => new HeaderValue(h.Text("name"), h.Text("value")))];

    private static RedirectFilter Redirect(JsonElement to) =>
        new((int)(to.Number("statusCode") ?? 302), Some(to.Text("scheme")), Some(to.Text("hostname")), to.Number("port") is { } port ? (int)port : null, Path(to.Part("path")));

    private static PathModifier? Path(JsonElement path) => path.Text("type") switch
    {
        "ReplaceFullPath" => new PathModifier(PathModifierKind.Full, path.Text("replaceFullPath")),
        "ReplacePrefixMatch" => new PathModifier(PathModifierKind.Prefix, path.Text("replacePrefixMatch")),
        _ => null,
    };

    private static CorsFilter Cors(JsonElement cors) => new()
    {
        Origins = [.. cors.Texts("allowOrigins")], Methods = [.. cors.Texts("allowMethods")], AllowHeaders = [.. cors.Texts("allowHeaders")], ExposeHeaders = [.. cors.Texts("exposeHeaders")],
        Credentials = cors.Flag("allowCredentials"), MaxAgeSeconds = (int)(cors.Number("maxAge") ?? 5),
    };

    private static string? Some(string text) => text.Length > 0 ? text : null;
}
