using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Model.Plans.Dns;

/// <summary>The name under which an address is looked up (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
public static class ReverseName
{
    public static string Of(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var name = new StringBuilder(74);
        for (var i = bytes.Length - 1; i >= 0; i--)
            if (address.AddressFamily == AddressFamily.InterNetwork)
                name.Append(bytes[i]).Append('.');
            else
                name.Append(Digit(bytes[i] & 15)).Append('.').Append(Digit(bytes[i] >> 4)).Append('.');
        return name.Append(address.AddressFamily == AddressFamily.InterNetwork ? "in-addr.arpa" : "ip6.arpa").ToString();
    }

    private static char Digit(int nibble) => (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}
