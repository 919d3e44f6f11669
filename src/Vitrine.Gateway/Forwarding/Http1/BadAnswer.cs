namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>What a backend sent is no HTTP/1.1 that everybody reads the same way.</summary>
internal sealed class BadAnswer(string message) : IOException(message);
