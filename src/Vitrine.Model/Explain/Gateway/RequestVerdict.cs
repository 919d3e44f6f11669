namespace Vitrine.Model.Explain.Gateway;

/// <summary>What becomes of a request at the gateway.</summary>
public enum RequestVerdict
{
    /// <summary>A pod gets it, and answers.</summary>
    Forwarded,

    /// <summary>The gateway answers itself, as it was told to: a redirect, a preflight.</summary>
    Answered,

    /// <summary>No certificate for the name: the handshake fails.</summary>
    NoCertificate,

    /// <summary>No rule takes it: 404.</summary>
    NoRule,

    /// <summary>A rule keeps this client out: 401 or 403.</summary>
    KeptOut,

    /// <summary>The rule's backend is none: a reference is broken, or not permitted.</summary>
    BrokenReference,

    /// <summary>The backend has no endpoint.</summary>
    NoEndpoint,
}
