namespace Vitrine.ApiServer.Audit;

/// <summary>How much of a request is written down, each level more than the one before.</summary>
internal enum AuditLevel
{
    None,

    /// <summary>Who, what, when and with which outcome.</summary>
    Metadata,

    /// <summary>And the body of the request.</summary>
    Request,

    /// <summary>And the body of the answer.</summary>
    RequestResponse,
}
