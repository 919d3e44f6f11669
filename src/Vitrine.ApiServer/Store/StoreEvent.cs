namespace Vitrine.ApiServer.Store;

/// <summary>One committed change of one kind.</summary>
/// <param name="Revision">The change's own revision; unique and rising over all kinds.</param>
/// <param name="Object">The new state; for a deletion the last state, stamped with the deletion's revision.</param>
/// <param name="Previous">The state before, null for a creation. Watches with a selector need it to tell ADDED and DELETED from MODIFIED.</param>
/// <param name="Deleted">True for a deletion.</param>
internal sealed record StoreEvent(long Revision, StoredObject Object, StoredObject? Previous, bool Deleted);
