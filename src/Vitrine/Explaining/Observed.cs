using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>What a real packet met.</summary>
/// <param name="Answer">what the sender heard</param>
/// <param name="Error">the system's word for it, null when it was answered</param>
/// <param name="Arrived">it was taken in by the destination's namespace; null when nobody stood there</param>
/// <param name="EndPoint">of a Service: the endpoint whose namespace took it; null when none was seen to</param>
/// <param name="Rules">nftables rules that decided something on the nodes</param>
/// <param name="Contradictions">routes of the kernel that are not those predicted</param>
internal sealed record Observed(Answer Answer, string? Error, bool? Arrived, string? EndPoint, IReadOnlyList<string> Rules, IReadOnlyList<string> Contradictions);
