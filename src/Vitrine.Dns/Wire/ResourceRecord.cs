namespace Vitrine.Dns.Wire;

/// <summary>A record of somebody else's.</summary>
/// <param name="Owner">On the wire, lower case, not compressed.</param>
/// <param name="Type">Of any kind.</param>
/// <param name="Seconds">As received.</param>
/// <param name="Content">RDATA, names in it not compressed.</param>
internal sealed record ResourceRecord(byte[] Owner, ushort Type, int Seconds, byte[] Content);
