namespace Vitrine.Dns.Wire;

/// <summary>Numbers of the message format (RFC 1035 §4, RFC 6891) that are no <see cref="Model.Plans.Dns.DnsType"/>.</summary>
internal static class DnsFormat
{
    public const int HeaderSize = 12, MaxName = 255, MaxLabel = 63, MaxMessage = 65535;

    /// <summary>Without EDNS (RFC 1035 §2.3.4), and what passes any path unfragmented with it (DNS flag day 2020).</summary>
    public const int PlainPayload = 512, EdnsPayload = 1232;

    public const ushort TypeHinfo = 13, TypeOpt = 41, TypeRrsig = 46, TypeNsec = 47, TypeNsec3 = 50, TypeIxfr = 251, TypeAxfr = 252, TypeMaila = 254, TypeAny = 255;

    public const ushort ClassIn = 1;

    public const ushort FlagResponse = 0x8000, FlagAuthoritative = 0x0400, FlagTruncated = 0x0200, FlagRecursionDesired = 0x0100, FlagRecursionAvailable = 0x0080,
        FlagCheckingDisabled = 0x0010, OpcodeMask = 0x7800, RcodeMask = 0x000f;

    /// <summary>A pointer to the question's name, which always begins behind the header.</summary>
    public const ushort PointerToQuestion = 0xc000 | HeaderSize;

    /// <summary>Farther back a pointer cannot point.</summary>
    public const int MaxPointer = 0x3fff;
}
