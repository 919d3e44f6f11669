using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply;

/// <summary>What came of one pass.</summary>
/// <param name="Plan">null while the cluster does not know the node: nothing was touched</param>
/// <param name="Changes">how many things of the kernel were changed</param>
/// <param name="Failures">what the kernel refused</param>
internal sealed record NodeApplied(RoutePlan? Plan, int Changes, IReadOnlyList<string> Failures);
