namespace Vitrine.ApiServer.Errors;

/// <summary>A request that ends in a v1 Status of failure. Thrown anywhere below a verb, written once by the HTTP edge.</summary>
internal class ApiException : Exception
{
    public ApiException(int code, string reason, string message) : base(message)
    {
        Code = code;
        Reason = reason;
    }

    /// <summary>HTTP status.</summary>
    public int Code { get; }

    /// <summary>metav1.StatusReason, e.g. NotFound, AlreadyExists, Conflict, Invalid, BadRequest, Expired.</summary>
    public string Reason { get; }

    /// <summary>details.name, .group, .kind (the plural resource or the kind, as upstream does for the reason).</summary>
    public string? ObjectName { get; init; }

    public string? Group { get; init; }

    public string? ObjectKind { get; init; }

    public string? Uid { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public IReadOnlyList<FieldCause> Causes { get; init; } = [];
}
