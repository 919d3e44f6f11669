namespace Vitrine.Agent.Images;

/// <summary>One image of the node, and whether somebody needs it.</summary>
/// <param name="LastUsed">When a container of it was last seen; the time it was first seen itself where there was none.</param>
internal sealed record ImageUse(string Id, long Bytes, bool InUse, DateTimeOffset FirstSeen, DateTimeOffset LastUsed);
