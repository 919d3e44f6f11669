namespace Vitrine.Dataplane;

/// <summary>rtm_protocol of routes, as far as others have to know of it.</summary>
public static class RouteProtocol
{
    /// <summary>'v', free in iproute2's rt_protos. Only routes that bear it are ever deleted, and <c>ip route show proto 118</c> lists them.</summary>
    public const byte Vitrine = 118;
}
