namespace Vitrine.Linux.Netlink;

/// <summary>What rtnetlink tells about.</summary>
public enum RtnetlinkSubject
{
    Link,
    Address,
    Route,
    Neighbour,
}
