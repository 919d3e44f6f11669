namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>
/// The rules of one host by their paths. The first rule that fits takes a request, whatever its path is: the tables only spare asking those whose path
/// cannot fit.
/// </summary>
internal sealed class HostIndex
{
    private readonly Dictionary<string, int[]> exact;
    private readonly Dictionary<string, int[]> prefixes;
    private readonly int[] expressions;
    private readonly int longest;

    /// <param name="host">of a plan</param>
    /// <param name="previous">an earlier one of that name, or null: rules that stayed need not be read again</param>
    public HostIndex(VirtualHost host, HostIndex? previous)
    {
        Host = host;
        var known = new Dictionary<RouteRule, RuleTest>(ReferenceEqualityComparer.Instance);
        foreach (var test in previous?.Tests ?? [])
            known.TryAdd(test.Rule, test);
        Tests = [.. host.Rules.Select(r => known.GetValueOrDefault(r) ?? new RuleTest(r))];
        exact = Table(PathKind.Exact);
        prefixes = Table(PathKind.Prefix);
        expressions = [.. Tests.Index().Where(t => t.Item.Path.Match.Kind == PathKind.Regex).Select(t => t.Index)];
        longest = prefixes.Keys.Select(k => k.Length).DefaultIfEmpty(-1).Max();
    }

    public VirtualHost Host { get; }

    public RuleTest[] Tests { get; }

    /// <summary>Number of the rule, or -1.</summary>
    public int Choose(in RequestShape request)
    {
        var best = int.MaxValue;
        if (exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(request.Path, out var rules))
            Try(rules, request, ref best);
        var lookup = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        // No further than the longest prefix: else a path of nothing but slashes costs its square.
        for (var end = 0; end <= request.Path.Length && end <= longest; end++)
            if ((end == request.Path.Length || request.Path[end] == '/') && lookup.TryGetValue(request.Path[..end], out rules))
                Try(rules, request, ref best);
        Try(expressions, request, ref best);
        return best == int.MaxValue ? -1 : best;
    }

    private void Try(int[] rules, in RequestShape request, ref int best)
    {
        foreach (var rule in rules)
        {
            if (rule >= best)
                return;
            if (Tests[rule].Ask(request).Outcome == RuleOutcome.Chosen)
                best = rule;
        }
    }

    private Dictionary<string, int[]> Table(PathKind kind) => Tests.Index().Where(t => t.Item.Path.Match.Kind == kind)
        .GroupBy(t => t.Item.Path.Value, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(t => t.Index).ToArray(), StringComparer.Ordinal);
}
