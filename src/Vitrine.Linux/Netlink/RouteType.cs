namespace Vitrine.Linux.Netlink;

/// <summary>rtm_type of linux/rtnetlink.h.</summary>
public enum RouteType : byte
{
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Anycast = 4,
    Multicast = 5,
    /// <summary>Packets are dropped in silence.</summary>
    Blackhole = 6,
    /// <summary>Packets are answered with ICMP host unreachable.</summary>
    Unreachable = 7,
    Prohibit = 8,
    /// <summary>The lookup goes on with the next rule.</summary>
    Throw = 9,
}
