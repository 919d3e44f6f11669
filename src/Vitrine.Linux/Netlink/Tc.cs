namespace Vitrine.Linux.Netlink;

/// <summary>Numbers of linux/pkt_sched.h, linux/pkt_cls.h and linux/tc_act/tc_mirred.h, under their kernel names.</summary>
internal static class Tc
{
    internal const ushort RTM_NEWQDISC = 36, RTM_DELQDISC = 37, RTM_GETQDISC = 38, RTM_NEWTFILTER = 44;
    internal const uint TC_H_ROOT = 0xffff_ffff, TC_H_INGRESS = 0xffff_fff1, IngressHandle = 0xffff_0000, RootHandle = 0x0001_0000;
    internal const ushort TCA_KIND = 1, TCA_OPTIONS = 2;

    internal const ushort TCA_TBF_PARMS = 1, TCA_TBF_RATE64 = 4, TCA_TBF_BURST = 6;
    internal const byte TC_LINKLAYER_ETHERNET = 1;

    internal const ushort TCA_U32_SEL = 5, TCA_U32_ACT = 7;
    internal const byte TC_U32_TERMINAL = 1;
    internal const ushort TCA_ACT_KIND = 1, TCA_ACT_OPTIONS = 2, TCA_MIRRED_PARMS = 2;
    internal const int TC_ACT_STOLEN = 4, TCA_EGRESS_REDIR = 1;
    internal const ushort ETH_P_ALL = 3;

    /// <summary>struct tcmsg; struct tc_ratespec and tc_tbf_qopt; struct tc_u32_sel with one key; struct tc_mirred.</summary>
    internal const int TcmsgSize = 20, TbfQoptSize = 36, U32SelOneKeySize = 32, MirredSize = 28;
}
