using System.Collections.Immutable;

namespace Vitrine.ApiServer.Store;

/// <summary>Everything the store holds as of one revision; one tree per kind, in the order of the store's kinds.</summary>
internal sealed record StoreSnapshot(long Revision, ImmutableArray<KindTree> Trees);
