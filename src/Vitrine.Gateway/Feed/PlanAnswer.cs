using System.Collections.Immutable;

namespace Vitrine.Gateway.Feed;

/// <summary>What the proxy says of a plan once it serves by it.</summary>
/// <param name="Number">of the patch</param>
/// <param name="Failures">what it could not do, a sentence each</param>
internal sealed record PlanAnswer(long Number, ImmutableArray<string> Failures);
