namespace Vitrine.Linux.Conntrack;

/// <summary>Numbers of linux/netfilter/nfnetlink_conntrack.h, under their kernel names. Attribute values are big-endian.</summary>
internal static class Ctnl
{
    internal const ushort NFNL_SUBSYS_CTNETLINK = 1, IPCTNL_MSG_CT_GET = 1, IPCTNL_MSG_CT_DELETE = 2;
    internal const int NfgenmsgSize = 4;
    internal const ushort CTA_TUPLE_ORIG = 1, CTA_TUPLE_REPLY = 2, CTA_PROTOINFO = 4, CTA_COUNTERS_ORIG = 9, CTA_COUNTERS_REPLY = 10, CTA_ID = 12, CTA_ZONE = 18;
    internal const ushort CTA_TUPLE_IP = 1, CTA_TUPLE_PROTO = 2;
    internal const ushort CTA_IP_V4_SRC = 1, CTA_IP_V4_DST = 2, CTA_IP_V6_SRC = 3, CTA_IP_V6_DST = 4;
    internal const ushort CTA_PROTO_NUM = 1, CTA_PROTO_SRC_PORT = 2, CTA_PROTO_DST_PORT = 3;
    internal const ushort CTA_PROTOINFO_TCP = 1, CTA_PROTOINFO_TCP_STATE = 1, CTA_COUNTERS_PACKETS = 1, CTA_COUNTERS_BYTES = 2;
    internal const byte TCP_CONNTRACK_ESTABLISHED = 3;

    internal static ushort MessageType(ushort message) => (ushort)(NFNL_SUBSYS_CTNETLINK << 8 | message);
}
