namespace Vitrine.Model.Plans.Policies;

/// <summary>Something of a policy that never holds.</summary>
/// <param name="Source">where it is written</param>
/// <param name="Reason">SelectsNothing or PortNotFound</param>
/// <param name="Message">a sentence: what, and what there is instead</param>
public sealed record PolicyProblem(RuleSource Source, string Reason, string Message);
