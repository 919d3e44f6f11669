namespace Vitrine.ApiServer.Verbs;

/// <summary>Which part of an object a write may change.</summary>
internal enum UpdateScope
{
    /// <summary>Everything but status.</summary>
    Main,

    /// <summary>Status and metadata.</summary>
    Status,

    /// <summary>The decision on a request for a certificate.</summary>
    Approval,

    /// <summary>A pod's spec.ephemeralContainers, to which some may be added.</summary>
    EphemeralContainers,

    /// <summary>A namespace's spec.finalizers.</summary>
    Finalize,

    /// <summary>A pod's node, set by the server itself.</summary>
    Binding,
}
