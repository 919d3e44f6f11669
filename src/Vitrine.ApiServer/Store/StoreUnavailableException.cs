namespace Vitrine.ApiServer.Store;

/// <summary>The disk did not take a write; nothing of it is visible and later writes may succeed.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
