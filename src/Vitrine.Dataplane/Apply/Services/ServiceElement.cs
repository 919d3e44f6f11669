using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>An element and the set it is in.</summary>
internal readonly record struct ServiceElement(NftSet Set, NftElement Element);
