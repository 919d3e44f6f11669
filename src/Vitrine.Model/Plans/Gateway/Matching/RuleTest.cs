namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>One rule, ready to be asked. Both the choice and its explanation ask here, so that they cannot disagree.</summary>
internal sealed class RuleTest(RouteRule rule)
{
    private readonly ValueTest[] headers = [.. rule.Match.Headers.Select(m => new ValueTest(m))];
    private readonly ValueTest[] query = [.. rule.Match.Query.Select(m => new ValueTest(m))];
    private readonly ValueTest[] cookies = [.. rule.Match.Cookies.Select(m => new ValueTest(m))];

    public RouteRule Rule { get; } = rule;

    public PathTest Path { get; } = new(rule.Match.Path);

    public bool Readable => Path.Readable && headers.All(h => h.Readable) && query.All(q => q.Readable) && cookies.All(c => c.Readable);

    /// <summary>The first part that does not fit, and which value of several; <see cref="RuleOutcome.Chosen"/> where all do.</summary>
    public (RuleOutcome Outcome, ValueMatch? Value) Ask(in RequestShape request)
    {
        if (!Path.Fits(request.Path))
            return (Path.Readable ? RuleOutcome.Path : RuleOutcome.Expression, null);
        if (Rule.Match.Method is { } method && !request.Method.SequenceEqual(method))
            return (RuleOutcome.Method, null);
        foreach (var header in headers)
            if (!header.Fits(request.Values.Header(header.Match.Name)))
                return (header.Readable ? RuleOutcome.Header : RuleOutcome.Expression, header.Match);
        foreach (var parameter in query)
            if (!parameter.Fits(request.Values.Query(parameter.Match.Name)))
                return (parameter.Readable ? RuleOutcome.Query : RuleOutcome.Expression, parameter.Match);
        foreach (var cookie in cookies)
            if (!cookie.Fits(request.Values.Cookie(cookie.Match.Name)))
                return (cookie.Readable ? RuleOutcome.Cookie : RuleOutcome.Expression, cookie.Match);
        return (RuleOutcome.Chosen, null);
    }
}
