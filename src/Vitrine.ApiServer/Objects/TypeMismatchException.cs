namespace Vitrine.ApiServer.Objects;

/// <summary>A value that its field cannot hold, in Go's words.</summary>
internal sealed class TypeMismatchException(string message) : Exception(message);
