using System.Collections.Immutable;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>The kernel's dumps → values.</summary>
internal static class NftReader
{
    private static readonly NftType[] KnownTypes =
    [
        NftType.NfProto, NftType.Ip4Address, NftType.Ip6Address, NftType.EtherAddress, NftType.Protocol, NftType.Port, NftType.IcmpType, NftType.TcpFlags, NftType.Mark,
        NftType.Group, NftType.CtState, NftType.CtDirection, NftType.CtStatus, NftType.Icmp6Type, NftType.AddressType, NftType.InterfaceName,
    ];

    internal static NftTable Table(ReadOnlySpan<byte> body)
    {
        var name = "";
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            if (attributes.Type == Nfnl.NFTA_TABLE_NAME)
                name = attributes.String;
        return new NftTable((NftFamily)body[0], name);
    }

    internal static NftChain Chain(ReadOnlySpan<byte> body)
    {
        string table = "", name = "", type = "filter";
        string? comment = null;
        NftHook? hook = null;
        var priority = 0;
        var drops = false;
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_CHAIN_TABLE: table = attributes.String; break;
                case Nfnl.NFTA_CHAIN_NAME: name = attributes.String; break;
                case Nfnl.NFTA_CHAIN_TYPE: type = attributes.String; break;
                case Nfnl.NFTA_CHAIN_POLICY: drops = attributes.UInt32BigEndian == 0; break;
                case Nfnl.NFTA_CHAIN_USERDATA: comment = NftAnnotation.ReadComment(attributes.Value); break;
                case Nfnl.NFTA_CHAIN_HOOK:
                    var inner = new AttributeReader(attributes.Value);
                    while (inner.Next())
                        if (inner.Type == Nfnl.NFTA_HOOK_HOOKNUM)
                            hook = (NftHook)inner.UInt32BigEndian;
                        else if (inner.Type == Nfnl.NFTA_HOOK_PRIORITY)
                            priority = (int)inner.UInt32BigEndian;
                    break;
            }
        return new NftChain(new NftTable((NftFamily)body[0], table), name) { Hook = hook, Type = type, Priority = priority, DropsByDefault = drops, Comment = comment };
    }

    internal static NftDumpedRule Rule(ReadOnlySpan<byte> body)
    {
        string table = "", chain = "";
        string? comment = null;
        ulong handle = 0;
        var expressions = ImmutableArray.CreateBuilder<NftExpression>();
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_RULE_TABLE: table = attributes.String; break;
                case Nfnl.NFTA_RULE_CHAIN: chain = attributes.String; break;
                case Nfnl.NFTA_RULE_HANDLE: handle = attributes.UInt64BigEndian; break;
                case Nfnl.NFTA_RULE_USERDATA: comment = NftAnnotation.ReadComment(attributes.Value); break;
                case Nfnl.NFTA_RULE_EXPRESSIONS:
                    var list = new AttributeReader(attributes.Value);
                    while (list.Next())
                        expressions.Add(Expression(list.Value));
                    break;
            }
        var (packets, bytes) = Counted(expressions);
        return new NftDumpedRule(new NftTable((NftFamily)body[0], table), chain, handle, comment, packets, bytes) { Expressions = expressions.ToImmutable() };
    }

    internal static NftSet Set(ReadOnlySpan<byte> body)
    {
        string table = "", name = "";
        string? comment = null;
        uint flags = 0, key = 0, value = 0, size = 0;
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_SET_TABLE: table = attributes.String; break;
                case Nfnl.NFTA_SET_NAME: name = attributes.String; break;
                case Nfnl.NFTA_SET_FLAGS: flags = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_SET_KEY_TYPE: key = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_SET_DATA_TYPE: value = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_SET_USERDATA: comment = NftAnnotation.ReadComment(attributes.Value, Nfnl.NFTNL_UDATA_SET_COMMENT); break;
                case Nfnl.NFTA_SET_DESC:
                    var inner = new AttributeReader(attributes.Value);
                    while (inner.Next())
                        if (inner.Type == Nfnl.NFTA_SET_DESC_SIZE)
                            size = inner.UInt32BigEndian;
                    break;
            }
        return new NftSet(new NftTable((NftFamily)body[0], table), name, Types(key))
        {
            Value = value == Nfnl.NFT_DATA_VERDICT ? [] : Types(value),
            ToVerdicts = value == Nfnl.NFT_DATA_VERDICT,
            Interval = (flags & Nfnl.NFT_SET_INTERVAL) != 0,
            Timeouts = (flags & Nfnl.NFT_SET_TIMEOUT) != 0,
            Dynamic = (flags & Nfnl.NFT_SET_EVAL) != 0,
            Size = size,
            Comment = comment,
        };
    }

    /// <summary>Null for an object of another type.</summary>
    internal static NftCounter? Counter(ReadOnlySpan<byte> body)
    {
        string table = "", name = "";
        ulong packets = 0, bytes = 0;
        uint type = 0;
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_OBJ_TABLE: table = attributes.String; break;
                case Nfnl.NFTA_OBJ_NAME: name = attributes.String; break;
                case Nfnl.NFTA_OBJ_TYPE: type = attributes.UInt32BigEndian; break;
                case Nfnl.NFTA_OBJ_DATA: (packets, bytes) = Counted(attributes.Value); break;
            }
        return type == Nfnl.NFT_OBJECT_COUNTER ? new NftCounter(new NftTable((NftFamily)body[0], table), name, packets, bytes) : null;
    }

    /// <summary>The elements of one message, and of each whether it ends an interval.</summary>
    internal static List<(NftElement Element, bool End)> Elements(ReadOnlySpan<byte> body)
    {
        var all = new List<(NftElement, bool)>();
        var attributes = new AttributeReader(body[Nfnl.NfgenmsgSize..]);
        while (attributes.Next())
            if (attributes.Type == Nfnl.NFTA_SET_ELEM_LIST_ELEMENTS)
            {
                var list = new AttributeReader(attributes.Value);
                while (list.Next())
                    all.Add(Element(list.Value));
            }
        return all;
    }

    /// <summary>Joins the two ends of plain intervals. At one key an end comes before the next start.</summary>
    internal static IReadOnlyList<NftElement> Pair(NftSet set, IEnumerable<(NftElement Element, bool End)> elements)
    {
        if (set is not { Interval: true, Key.Length: 1 })
            return [.. elements.Select(e => e.Element)];
        var whole = new List<NftElement>();
        NftElement? open = null;
        foreach (var (element, end) in elements.OrderBy(e => e.Element.Key).ThenBy(e => !e.End))
        {
            if (open is not null)
                whole.Add(open with { Last = end ? element.Key.Previous() : null });
            open = end ? null : element;
        }
        if (open is not null)
            whole.Add(open with { Last = new NftKey([.. Enumerable.Repeat((byte)0xff, open.Key.Bytes.Length)]) });
        return whole;
    }

    private static (NftElement, bool) Element(ReadOnlySpan<byte> element)
    {
        NftKey key = default;
        NftKey? last = null, value = null;
        NftVerdict? verdict = null;
        string? comment = null;
        TimeSpan? timeout = null;
        var end = false;
        var attributes = new AttributeReader(element);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Nfnl.NFTA_SET_ELEM_KEY: key = Value(attributes.Value) ?? default; break;
                case Nfnl.NFTA_SET_ELEM_KEY_END: last = Value(attributes.Value); break;
                case Nfnl.NFTA_SET_ELEM_DATA: (value, verdict) = (Value(attributes.Value), Verdict(attributes.Value)); break;
                case Nfnl.NFTA_SET_ELEM_FLAGS: end = (attributes.UInt32BigEndian & Nfnl.NFT_SET_ELEM_INTERVAL_END) != 0; break;
                case Nfnl.NFTA_SET_ELEM_TIMEOUT: timeout = TimeSpan.FromMilliseconds(attributes.UInt64BigEndian); break;
                case Nfnl.NFTA_SET_ELEM_USERDATA: comment = NftAnnotation.ReadComment(attributes.Value); break;
            }
        return (new NftElement(key) { Last = last, Value = value, Verdict = verdict, Comment = comment, Timeout = timeout }, end);
    }

    private static NftKey? Value(ReadOnlySpan<byte> wrapped)
    {
        var attributes = new AttributeReader(wrapped);
        while (attributes.Next())
            if (attributes.Type == Nfnl.NFTA_DATA_VALUE)
                return new NftKey(attributes.Value.ToArray());
        return null;
    }

    internal static NftVerdict? Verdict(ReadOnlySpan<byte> wrapped)
    {
        var outer = new AttributeReader(wrapped);
        while (outer.Next())
            if (outer.Type == Nfnl.NFTA_DATA_VERDICT)
            {
                var code = 0;
                string? chain = null;
                var inner = new AttributeReader(outer.Value);
                while (inner.Next())
                    if (inner.Type == Nfnl.NFTA_VERDICT_CODE)
                        code = (int)inner.UInt32BigEndian;
                    else if (inner.Type == Nfnl.NFTA_VERDICT_CHAIN)
                        chain = inner.String;
                return new NftVerdict(code, chain);
            }
        return null;
    }

    private static NftExpression Expression(ReadOnlySpan<byte> element)
    {
        var name = "";
        byte[] own = [];
        var attributes = new AttributeReader(element);
        while (attributes.Next())
            if (attributes.Type == Nfnl.NFTA_EXPR_NAME)
                name = attributes.String;
            else if (attributes.Type == Nfnl.NFTA_EXPR_DATA)
                own = attributes.Value.ToArray();
        return new NftExpression(name, own);
    }

    private static (ulong?, ulong?) Counted(IEnumerable<NftExpression> expressions)
    {
        foreach (var expression in expressions.Where(e => e.Name == "counter"))
            return Counted(expression.Attributes);
        return (null, null);
    }

    private static (ulong Packets, ulong Bytes) Counted(ReadOnlySpan<byte> counter)
    {
        ulong packets = 0, bytes = 0;
        var attributes = new AttributeReader(counter);
        while (attributes.Next())
            if (attributes.Type == Nfnl.NFTA_COUNTER_BYTES)
                bytes = attributes.UInt64BigEndian;
            else if (attributes.Type == Nfnl.NFTA_COUNTER_PACKETS)
                packets = attributes.UInt64BigEndian;
        return (packets, bytes);
    }

    /// <summary>A type that is not known here keeps its number, so that a comparison with a known one fails.</summary>
    private static ImmutableArray<NftType> Types(uint number)
    {
        var parts = new List<NftType>();
        for (; number != 0; number >>= 6)
            parts.Insert(0, Array.Find(KnownTypes, t => t.Number == (number & 63)) ?? new NftType($"type {number & 63}", number & 63, 0));
        return [.. parts];
    }
}
