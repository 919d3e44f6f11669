using System.Globalization;

namespace Vitrine.Linux.Netlink;

/// <summary>A 48-bit Ethernet address, kept in the low bits.</summary>
public readonly record struct MacAddress(ulong Value)
{
    public const int Length = 6;

    public static readonly MacAddress Broadcast = new(0xffff_ffff_ffff);

    public static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < Length; i++)
            value = value << 8 | bytes[i];
        return new MacAddress(value);
    }

    public void Write(Span<byte> bytes)
    {
        for (var i = 0; i < Length; i++)
            bytes[i] = (byte)(Value >> 8 * (Length - 1 - i));
    }

    /// <summary>A locally administered unicast address made of any 48 bits, such as a hash.</summary>
    public static MacAddress LocallyAdministered(ulong bits) => new(bits & 0xfcff_ffff_ffff | 0x0200_0000_0000);

    /// <summary>Six pairs of hex digits with colons.</summary>
    public static bool TryParse(string text, out MacAddress mac)
    {
        mac = default;
        var parts = text.Split(':');
        if (parts.Length != Length)
            return false;
        ulong value = 0;
        foreach (var part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
                return false;
            value = value << 8 | b;
        }
        mac = new MacAddress(value);
        return true;
    }

    public override string ToString() =>
        string.Create(17, Value, static (text, value) =>
        {
            for (var i = 0; i < 17; i++)
            {
                if (i % 3 == 2)
                {
                    text[i] = ':';
                    continue;
                }
                var shift = 44 - (i - i / 3) * 4;
                text[i] = "0123456789abcdef"[(int)(value >> shift & 0xf)];
            }
        });
}
