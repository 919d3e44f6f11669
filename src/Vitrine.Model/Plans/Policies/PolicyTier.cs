namespace Vitrine.Model.Plans.Policies;

/// <summary>In the order in which policies are asked.</summary>
internal enum PolicyTier
{
    Admin,

    /// <summary>NetworkPolicies.</summary>
    Namespace,
    Baseline,
}
