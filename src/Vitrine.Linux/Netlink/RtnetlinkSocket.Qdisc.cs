namespace Vitrine.Linux.Netlink;

public sealed partial class RtnetlinkSocket
{
    public IReadOnlyList<Qdisc> ListQdiscs() => Dump(Tc.RTM_GETQDISC, Tc.TcmsgSize, "list queueing disciplines", Qdisc.Read);
}
