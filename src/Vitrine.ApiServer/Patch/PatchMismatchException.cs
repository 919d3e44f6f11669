namespace Vitrine.ApiServer.Patch;

/// <summary>A well-formed patch that does not fit the object.</summary>
internal sealed class PatchMismatchException(string message) : Exception(message);
