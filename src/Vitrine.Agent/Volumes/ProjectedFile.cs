namespace Vitrine.Agent.Volumes;

/// <summary>One file of a projected volume.</summary>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">Its owner; null for root.</param>
internal sealed record ProjectedFile(byte[] Content, int Mode, long? User = null);
