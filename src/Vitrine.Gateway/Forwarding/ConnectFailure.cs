namespace Vitrine.Gateway.Forwarding;

/// <summary>No connection to a backend came about: nothing of the request was sent.</summary>
internal sealed class ConnectFailure(string message, bool late, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>It took too long.</summary>
    public bool Late => late;
}
