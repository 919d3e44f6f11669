namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>Verdicts in words.</summary>
internal static class VerdictText
{
    /// <summary>Of a rule in a host that does not take the request.</summary>
    public static RuleVerdict OfHost(VirtualHost host, RouteRule rule, VirtualHost? taking, in RequestShape request) =>
        NameTable<VirtualHost>.Fits(host.Host, host.OneLabel, request.Host)
            ? new(host, rule, RuleOutcome.LessSpecificHost, $"host {host.Host} fits, but {taking?.Host} is more specific and takes every request for {request.Host}")
            : new(host, rule, RuleOutcome.Host, $"host is {host.Host}, not {(request.Host.IsEmpty ? "empty" : request.Host)}");

    /// <summary>Of a rule in the host that does.</summary>
    /// <param name="taken">source of the rule that took the request already, or empty</param>
    public static RuleVerdict OfRule(VirtualHost host, RuleTest test, string taken, in RequestShape request)
    {
        var (outcome, value) = test.Ask(request);
        return outcome == RuleOutcome.Chosen && taken.Length > 0
            ? new(host, test.Rule, RuleOutcome.Later, $"it matches, but {taken} comes before it")
            : new(host, test.Rule, outcome, Detail(outcome, value, test.Rule.Match, request));
    }

    private static string Detail(RuleOutcome outcome, ValueMatch? value, RequestMatch match, in RequestShape request) => outcome switch
    {
        RuleOutcome.Path => match.Path.Kind switch
        {
            PathKind.Exact => $"path must be {match.Path.Value} exactly, not {request.Path}",
            PathKind.Prefix => $"path must be {match.Path.Value} or below it, element by element, not {request.Path}",
            _ => $"path must match {match.Path.Value}, which {request.Path} does not",
        },
        RuleOutcome.Method => $"method must be {match.Method}, not {request.Method}",
        RuleOutcome.Header => Of("header", value!, request.Values.Header(value!.Name)),
        RuleOutcome.Query => Of("query parameter", value!, request.Values.Query(value!.Name)),
        RuleOutcome.Cookie => Of("cookie", value!, request.Values.Cookie(value!.Name)),
        RuleOutcome.Expression => $"{value?.Value ?? match.Path.Value} is no regular expression that can be matched in linear time",
        _ => "it matches",
    };

    private static string Of(string what, ValueMatch value, string? found) =>
        $"{what} {value.Name} must {(value.Regex ? "match" : "be")} {value.Value}, {(found is null ? "and there is none" : $"not {found}")}";
}
