using System.Globalization;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

public readonly partial struct NftValue
{
    public static NftValue EtherAddress(MacAddress mac)
    {
        var bytes = new byte[MacAddress.Length];
        mac.Write(bytes);
        return new NftValue(bytes, mac.ToString());
    }

    /// <summary>ETH_P_*, in host order here.</summary>
    public static NftValue EtherType(ushort type) =>
        new([(byte)(type >> 8), (byte)type], type switch { 0x0800 => "ip", 0x0806 => "arp", 0x86dd => "ip6", _ => type.ToString("x4", CultureInfo.InvariantCulture) });
}
