using System.Net;

namespace Vitrine.Control.Api;

/// <summary>The API refused a request: its Status, as far as controllers care.</summary>
/// <param name="code">HTTP status.</param>
/// <param name="reason">Status.reason, e.g. AlreadyExists, Conflict, NotFound.</param>
/// <param name="message">Status.message.</param>
public sealed class ApiException(HttpStatusCode code, string reason, string message) : HttpRequestException(message, null, code)
{
    public string Reason { get; } = reason;

    /// <summary>Somebody else wrote or removed the object first; the next snapshot shows it.</summary>
    public bool Stale => StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict;

    /// <summary>The namespace is going: nothing new can be made in it, and nobody needs to be told.</summary>
    public bool NamespaceEnds => StatusCode is HttpStatusCode.Forbidden && Message.Contains("being terminated", StringComparison.Ordinal);
}
