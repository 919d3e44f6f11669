namespace Vitrine.Linux.Netlink;

/// <summary>rtm_scope: how far away the destination is.</summary>
public enum RouteScope : byte
{
    Universe = 0,
    Site = 200,
    /// <summary>On the link itself: no gateway in between.</summary>
    Link = 253,
    Host = 254,
    Nowhere = 255,
}
