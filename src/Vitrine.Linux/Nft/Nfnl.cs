namespace Vitrine.Linux.Nft;

/// <summary>Numbers of linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h, under their kernel names. Attribute values are big-endian.</summary>
internal static class Nfnl
{
    internal const ushort NFNL_SUBSYS_NFTABLES = 10, NFNL_MSG_BATCH_BEGIN = 0x10, NFNL_MSG_BATCH_END = 0x11;
    internal const int NFNLGRP_NFTABLES = 7, NFNLGRP_NFTRACE = 9;
    internal const int NfgenmsgSize = 4;

    internal const ushort NFT_MSG_NEWTABLE = 0, NFT_MSG_GETTABLE = 1, NFT_MSG_DELTABLE = 2, NFT_MSG_NEWCHAIN = 3, NFT_MSG_GETCHAIN = 4, NFT_MSG_DELCHAIN = 5,
        NFT_MSG_NEWRULE = 6, NFT_MSG_GETRULE = 7, NFT_MSG_DELRULE = 8, NFT_MSG_NEWSET = 9, NFT_MSG_GETSET = 10, NFT_MSG_DELSET = 11,
        NFT_MSG_NEWSETELEM = 12, NFT_MSG_GETSETELEM = 13, NFT_MSG_DELSETELEM = 14, NFT_MSG_NEWGEN = 15, NFT_MSG_GETGEN = 16, NFT_MSG_TRACE = 17, NFT_MSG_NEWOBJ = 18, NFT_MSG_GETOBJ = 19,
        NFT_MSG_DELOBJ = 20;

    internal const ushort NFTA_LIST_ELEM = 1;
    internal const ushort NFTA_TABLE_NAME = 1, NFTA_TABLE_FLAGS = 2, NFTA_TABLE_USERDATA = 6;
    internal const uint NFT_TABLE_F_OWNER = 0x2;
    internal const ushort NFTA_CHAIN_TABLE = 1, NFTA_CHAIN_NAME = 3, NFTA_CHAIN_HOOK = 4, NFTA_CHAIN_POLICY = 5, NFTA_CHAIN_TYPE = 7, NFTA_CHAIN_USERDATA = 12;
    internal const ushort NFTA_HOOK_HOOKNUM = 1, NFTA_HOOK_PRIORITY = 2, NFTA_HOOK_DEV = 3;
    internal const ushort NFTA_RULE_TABLE = 1, NFTA_RULE_CHAIN = 2, NFTA_RULE_HANDLE = 3, NFTA_RULE_EXPRESSIONS = 4, NFTA_RULE_POSITION = 6, NFTA_RULE_USERDATA = 7;
    internal const ushort NFTA_EXPR_NAME = 1, NFTA_EXPR_DATA = 2;

    internal const ushort NFTA_SET_TABLE = 1, NFTA_SET_NAME = 2, NFTA_SET_FLAGS = 3, NFTA_SET_KEY_TYPE = 4, NFTA_SET_KEY_LEN = 5, NFTA_SET_DATA_TYPE = 6,
        NFTA_SET_DATA_LEN = 7, NFTA_SET_DESC = 9, NFTA_SET_ID = 10, NFTA_SET_TIMEOUT = 11, NFTA_SET_USERDATA = 13;
    internal const ushort NFTA_SET_DESC_SIZE = 1, NFTA_SET_DESC_CONCAT = 2, NFTA_SET_FIELD_LEN = 1;
    internal const uint NFT_SET_ANONYMOUS = 1, NFT_SET_INTERVAL = 4, NFT_SET_MAP = 8, NFT_SET_TIMEOUT = 0x10, NFT_SET_EVAL = 0x20, NFT_SET_CONCAT = 0x80;
    internal const ushort NFTA_SET_ELEM_KEY = 1, NFTA_SET_ELEM_DATA = 2, NFTA_SET_ELEM_FLAGS = 3, NFTA_SET_ELEM_TIMEOUT = 4, NFTA_SET_ELEM_USERDATA = 6,
        NFTA_SET_ELEM_EXPR = 7, NFTA_SET_ELEM_KEY_END = 10;
    internal const uint NFT_SET_ELEM_INTERVAL_END = 1, NFT_SET_ELEM_CATCHALL = 2;
    internal const ushort NFTA_SET_ELEM_LIST_TABLE = 1, NFTA_SET_ELEM_LIST_SET = 2, NFTA_SET_ELEM_LIST_ELEMENTS = 3;

    internal const ushort NFTA_OBJ_TABLE = 1, NFTA_OBJ_NAME = 2, NFTA_OBJ_TYPE = 3, NFTA_OBJ_DATA = 4, NFTA_COUNTER_BYTES = 1, NFTA_COUNTER_PACKETS = 2;
    internal const uint NFT_OBJECT_COUNTER = 1;

    internal const uint NFT_DATA_VERDICT = 0xffffff00;
    internal const ushort NFTA_DATA_VALUE = 1, NFTA_DATA_VERDICT = 2, NFTA_VERDICT_CODE = 1, NFTA_VERDICT_CHAIN = 2;

    internal const ushort NFTA_GEN_ID = 1, NFTA_GEN_PROC_PID = 2;
    internal const ushort NFTA_TRACE_TABLE = 1, NFTA_TRACE_CHAIN = 2, NFTA_TRACE_RULE_HANDLE = 3, NFTA_TRACE_TYPE = 4, NFTA_TRACE_VERDICT = 5, NFTA_TRACE_ID = 6,
        NFTA_TRACE_NETWORK_HEADER = 8, NFTA_TRACE_TRANSPORT_HEADER = 9, NFTA_TRACE_IIF = 10, NFTA_TRACE_OIF = 12, NFTA_TRACE_NFPROTO = 15, NFTA_TRACE_POLICY = 16;

    // libnftnl/udata.h: what nft(8) prints as a comment, and how it reads integer keys.
    internal const byte NFTNL_UDATA_COMMENT = 0, NFTNL_UDATA_SET_KEYBYTEORDER = 0, NFTNL_UDATA_SET_DATABYTEORDER = 1, NFTNL_UDATA_SET_COMMENT = 7;
    internal const byte ByteOrderHost = 1, ByteOrderBigEndian = 2;

    internal static ushort MessageType(ushort message) => (ushort)(NFNL_SUBSYS_NFTABLES << 8 | message);
}
