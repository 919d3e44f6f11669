namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>One rule about one request, for people.</summary>
/// <param name="Host">the rule stands in</param>
/// <param name="Rule">which</param>
/// <param name="Outcome">taken, or the first part of it that did not fit</param>
/// <param name="Detail">a few words: what was asked for, and what there was</param>
public sealed record RuleVerdict(VirtualHost Host, RouteRule Rule, RuleOutcome Outcome, string Detail);
