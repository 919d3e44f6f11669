namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>Who takes a request.</summary>
/// <param name="Host">the most specific name that fits; null where none does</param>
/// <param name="Rule">null where none of that host's matches: 404</param>
public readonly record struct ChosenRule(VirtualHost? Host, RouteRule? Rule);
