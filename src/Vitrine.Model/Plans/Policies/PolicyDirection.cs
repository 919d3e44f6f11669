namespace Vitrine.Model.Plans.Policies;

/// <summary>Seen from the pod that a policy selects.</summary>
public enum PolicyDirection
{
    /// <summary>Connections to the pod.</summary>
    Ingress,

    /// <summary>Connections the pod opens.</summary>
    Egress,
}
