namespace Vitrine.Linux.Netlink;

public sealed partial class RtnetlinkBatch
{
    /// <summary>
    /// IFLA_AF_SPEC: settings of a link that are sysctls otherwise. Here they cost no system call of their own, and hold from the moment the link is up.
    /// </summary>
    private void WriteFamilies(LinkChange change)
    {
        var inet4 = change.StrictReversePath is not null || change.RouteLocalnet is not null;
        if (!inet4 && change.GenerateLinkLocal != false)
            return;
        var afSpec = writer.BeginNest(Rtnl.IFLA_AF_SPEC);
        if (inet4)
        {
            var inet = writer.BeginNest(Rtnl.AF_INET);
            var conf = writer.BeginNest(Rtnl.IFLA_INET_CONF);
            if (change.StrictReversePath is { } strict)
                writer.Attribute(Rtnl.IPV4_DEVCONF_RP_FILTER, strict ? 1u : 0);
            if (change.RouteLocalnet is { } localnet)
                writer.Attribute(Rtnl.IPV4_DEVCONF_ROUTE_LOCALNET, localnet ? 1u : 0);
            writer.EndNest(conf);
            writer.EndNest(inet);
        }
        if (change.GenerateLinkLocal == false)
        {
            var inet6 = writer.BeginNest(Rtnl.AF_INET6);
            writer.Attribute(Rtnl.IFLA_INET6_ADDR_GEN_MODE, Rtnl.IN6_ADDR_GEN_MODE_NONE);
            writer.EndNest(inet6);
        }
        writer.EndNest(afSpec);
    }
}
