namespace Vitrine.Reach;

/// <summary>Whether one reaches another at a port, as far as policies go.</summary>
/// <param name="From">who asks</param>
/// <param name="To">who is asked</param>
/// <param name="Port">e.g. "tcp 80"; "any" for what no rule names a port of</param>
/// <param name="Allowed">"yes", "no", or "some" where it depends on which of the pods it is</param>
/// <param name="DeniedBy">"egress", "ingress", "both"; empty where nothing is denied</param>
/// <param name="Policies">who selects the ends that deny, else the rules that allow; empty where nobody has a say</param>
internal sealed record ReachCell(string From, string To, string Port, string Allowed, string DeniedBy, IReadOnlyList<string> Policies);
