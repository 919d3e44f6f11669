namespace Vitrine.Linux.Netlink;

/// <summary>Numbers of linux/netlink.h, linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h, linux/neighbour.h, under their kernel names.</summary>
internal static class Rtnl
{
    internal const int AF_UNSPEC = 0, AF_INET = 2, AF_INET6 = 10, AF_BRIDGE = 7, AF_NETLINK = 16;
    internal const int SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000, NETLINK_ROUTE = 0, NETLINK_NETFILTER = 12;
    internal const int SOL_NETLINK = 270, NETLINK_ADD_MEMBERSHIP = 1, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11, NETLINK_GET_STRICT_CHK = 12;
    internal const int SOL_SOCKET = 1, SO_RCVBUF = 8, SO_RCVBUFFORCE = 33, SO_SNDBUFFORCE = 32, MSG_DONTWAIT = 0x40;

    internal const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_DUMP_INTR = 0x10, NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_REPLACE = 0x100, NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400, NLM_F_APPEND = 0x800;
    internal const ushort NLM_F_CAPPED = 0x100, NLM_F_ACK_TLVS = 0x200;
    internal const ushort NLMSG_NOOP = 1, NLMSG_ERROR = 2, NLMSG_DONE = 3, NLMSG_OVERRUN = 4;
    internal const ushort NLMSGERR_ATTR_MSG = 1;
    internal const ushort NLA_F_NESTED = 0x8000, NLA_TYPE_MASK = 0x3fff;

    internal const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_SETLINK = 19;
    internal const ushort RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22;
    internal const ushort RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26;
    internal const ushort RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30;

    internal const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_OPERSTATE = 16, IFLA_LINKINFO = 18,
        IFLA_NET_NS_PID = 19, IFLA_IFALIAS = 20, IFLA_GROUP = 27, IFLA_NET_NS_FD = 28, IFLA_EXT_MASK = 29, IFLA_NUM_TX_QUEUES = 31, IFLA_NUM_RX_QUEUES = 32,
        IFLA_LINK_NETNSID = 37, IFLA_PROTINFO = 12, IFLA_AF_SPEC = 26, IFLA_ALT_IFNAME = 53;
    internal const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, VETH_INFO_PEER = 1, IFLA_BRPORT_MODE = 4;
    internal const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const ushort IFLA_INET_CONF = 1, IPV4_DEVCONF_RP_FILTER = 8, IPV4_DEVCONF_ROUTE_LOCALNET = 26;
    internal const byte IN6_ADDR_GEN_MODE_NONE = 1;
    internal const uint RTEXT_FILTER_SKIP_STATS = 1 << 3;
    internal const uint IFF_UP = 1, IFF_NOARP = 0x80;

    internal const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_FLAGS = 8, IFA_CACHEINFO = 6;
    internal const uint IFA_F_NODAD = 0x02, IFA_F_NOPREFIXROUTE = 0x200, IFA_F_PERMANENT = 0x80, IFA_F_TENTATIVE = 0x40, IFA_F_DADFAILED = 0x08;

    internal const ushort RTA_DST = 1, RTA_SRC = 2, RTA_IIF = 3, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_PREFSRC = 7, RTA_METRICS = 8, RTA_TABLE = 15, RTA_MARK = 16, RTA_VIA = 18, RTAX_MTU = 2;
    internal const byte RT_TABLE_MAIN = 254, RTPROT_BOOT = 3, RTPROT_STATIC = 4;
    internal const uint RTNH_F_ONLINK = 4, RTM_F_CLONED = 0x200;

    internal const ushort NDA_DST = 1, NDA_LLADDR = 2;
    internal const ushort NUD_PERMANENT = 0x80, NUD_NOARP = 0x40;
    internal const byte NTF_SELF = 2;

    internal const ushort IFLA_VXLAN_ID = 1, IFLA_VXLAN_LOCAL = 4, IFLA_VXLAN_LEARNING = 7, IFLA_VXLAN_PORT = 15, IFLA_VXLAN_LOCAL6 = 17, IFLA_VXLAN_UDP_CSUM = 18;
    internal const int RTNLGRP_LINK = 1, RTNLGRP_NEIGH = 3, RTNLGRP_IPV4_IFADDR = 5, RTNLGRP_IPV4_ROUTE = 7, RTNLGRP_IPV6_IFADDR = 9, RTNLGRP_IPV6_ROUTE = 11;

    internal const int NlmsgHeaderSize = 16, IfinfomsgSize = 16, IfaddrmsgSize = 8, RtmsgSize = 12, NdmsgSize = 12;

    internal static int Align(int length) => (length + 3) & ~3;
}
