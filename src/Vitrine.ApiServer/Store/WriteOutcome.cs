namespace Vitrine.ApiServer.Store;

/// <summary>What became of a write.</summary>
/// <param name="Written">False: the expected revision did not hold, nothing was written.</param>
/// <param name="Object">Written: the object as stored (for a deletion its last state at the deletion's revision). Otherwise the current one, null when there is none.</param>
/// <param name="Taken">Not written because another object has this claim (<see cref="WriteRequest.Claims"/>).</param>
internal sealed record WriteOutcome(bool Written, StoredObject? Object, string? Taken = null);
