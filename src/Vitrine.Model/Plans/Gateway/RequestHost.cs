namespace Vitrine.Model.Plans.Gateway;

/// <summary>The host of a Host header (RFC 9110 §7.2) as rules match it.</summary>
public static class RequestHost
{
    /// <summary>Without its port; an IPv6 address keeps its brackets.</summary>
    public static string WithoutPort(string header) => header.LastIndexOf(':') is >= 0 and var colon && header.IndexOf(']', colon) < 0 ? header[..colon] : header;
}
