using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of routes, of the schemas of the custom resources.</summary>
internal static class RouteDefaults
{
    public static void ApplyHttp(JsonObject route)
    {
        Parents(route);
        var spec = route.Ensure("spec");
        spec["rules"] ??= new JsonArray(new JsonObject());
        foreach (var rule in spec.Objects("rules"))
        {
            rule["matches"] ??= new JsonArray(new JsonObject());
            foreach (var match in rule.Objects("matches"))
            {
                var path = match.Ensure("path");
                path.DefaultText("type", "PathPrefix");
                path.DefaultText("value", "/");
                foreach (var value in match.Objects("headers").Concat(match.Objects("queryParams")))
                {
                    value.DefaultText("type", "Exact");
                }
            }
            Filters(rule);
        }
    }

    public static void ApplyGrpc(JsonObject route)
    {
        Parents(route);
        foreach (var rule in route.Object("spec").Objects("rules"))
        {
            foreach (var match in rule.Objects("matches"))
            {
                match.Object("method")?.DefaultText("type", "Exact");
                foreach (var header in match.Objects("headers"))
                {
                    header.DefaultText("type", "Exact");
                }
            }
            Filters(rule);
        }
    }

    public static void ApplyTls(JsonObject route)
    {
        Parents(route);
        foreach (var rule in route.Object("spec").Objects("rules"))
        {
            Filters(rule);
        }
    }

    private static void Parents(JsonObject route)
    {
        foreach (var parent in route.Object("spec").Objects("parentRefs"))
        {
            parent.DefaultText("group", Kinds.GatewayKinds.Group);
            parent.DefaultText("kind", "Gateway");
        }
    }

    private static void Filters(JsonObject rule)
    {
        foreach (var backend in rule.Objects("backendRefs"))
        {
            Backend(backend);
            backend.DefaultNumber("weight", 1);
        }
        foreach (var filter in rule.Objects("filters").Concat(rule.Objects("backendRefs").SelectMany(static b => b.Objects("filters"))))
        {
            filter.Object("requestRedirect")?.DefaultNumber("statusCode", 302);
            filter.Object("cors")?.DefaultNumber("maxAge", 5);
            if (filter.Object("requestMirror") is not { } mirror)
            {
                continue;
            }
            Backend(mirror.Ensure("backendRef"));
            mirror.Object("fraction")?.DefaultNumber("denominator", 100);
        }
    }

    private static void Backend(JsonObject reference)
    {
        reference["group"] ??= "";
        reference.DefaultText("kind", "Service");
    }
}
