using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>A path, and the canary of the same path → rules in order: by header, by cookie, by weight. What is done to requests is the path's own, not the canary's.</summary>
internal static class CanaryRules
{
    public static ImmutableArray<RouteRule> Of(RouteRule main, RouteRule canary, CanarySettings how)
    {
        var rules = ImmutableArray.CreateBuilder<RouteRule>();
        var taken = main with { Source = canary.Source, Backends = canary.Backends };
        if (how.Header is { } header)
        {
            rules.Add(taken with { Match = main.Match with { Headers = [new ValueMatch(header, how.HeaderValue ?? "always", how.IsPattern)] } });
            if (how.HeaderValue is null)
                rules.Add(main with { Match = main.Match with { Headers = [new ValueMatch(header, "never")] } });
        }
        if (how.Cookie is { } cookie)
        {
            rules.Add(taken with { Match = main.Match with { Cookies = [new ValueMatch(cookie, "always")] } });
            rules.Add(main with { Match = main.Match with { Cookies = [new ValueMatch(cookie, "never")] } });
        }
        rules.Add(how.Weight == 0 || main.Backends.IsEmpty || canary.Backends.IsEmpty ? main : main with
        {
            Backends = [.. main.Backends.Select(b => b with { Weight = how.Total - how.Weight }), .. canary.Backends.Select(b => b with { Weight = how.Weight })],
        });
        return rules.DrainToImmutable();
    }
}
