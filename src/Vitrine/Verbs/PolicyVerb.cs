using System.CommandLine;

namespace Vitrine.Verbs;

/// <summary>`vitrine policy`: what NetworkPolicies come to.</summary>
internal static class PolicyVerb
{
    public static Command Create() => new("policy", "Look at NetworkPolicies and what they do.") { PolicyMatrixVerb.Create(), PolicyDropsVerb.Create() };
}
