namespace Vitrine.ApiServer.Store;

/// <summary>A change that is committed with another one, or not at all.</summary>
/// <param name="Kind">Index of the kind in the store.</param>
/// <param name="Current">The state it replaces, in the state that the other write joins.</param>
internal sealed record JointChange(int Kind, StoredObject Current, ObjectPayload Payload);
