using System.Net;
using System.Net.Sockets;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Validation;

/// <summary>Addresses and ranges in fields. Source: k8s.io/apimachinery pkg/util/validation/ip.go and pkg/apis/core/validation.</summary>
internal static class AddressRules
{
    /// <summary>False, with a cause, for what is no address. Zone indices and leading zeros are none (CVE-2021-29923).</summary>
    public static bool Address(this List<FieldCause> causes, string field, string text)
    {
        if (IsAddress(text))
        {
            return true;
        }
        causes.Add(Cause.Invalid(field, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
        return false;
    }

    public static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out var address) && !text.Contains('%', StringComparison.Ordinal)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? text.Contains(':', StringComparison.Ordinal) && !text.StartsWith('[') : address.ToString() == text);

    public static bool IsRange(string text) => text.Split('/') is [var address, _] && IsAddress(address) && int.TryParse(text.Split('/')[1], out var length)
        && length >= 0 && length <= (address.Contains(':', StringComparison.Ordinal) ? 128 : 32);

    /// <summary>
    /// Addresses that never name another machine: an endpoint there would make a Service a door to the node itself
    /// (CVE-2021-25737; ValidateNonSpecialIP).
    /// </summary>
    public static void NotSpecial(this List<FieldCause> causes, string field, string text)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            return;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        var fault = address switch
        {
            _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "may not be unspecified (0.0.0.0 or ::)",
            _ when IPAddress.IsLoopback(address) => "may not be in the loopback range (127.0.0.0/8, ::1/128)",
            { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes() is [169, 254, ..] => "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
            { IsIPv6LinkLocal: true } => "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
            { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes() is [224, 0, 0, _] => "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
            { IsIPv6Multicast: true } when (address.GetAddressBytes()[1] & 0x0f) == 2 => "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
            _ => null,
        };
        if (fault is not null)
        {
            causes.Add(Cause.Invalid(field, text, fault));
        }
    }
}
