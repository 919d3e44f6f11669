using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>
/// One instruction of a rule, as the kernel keeps it: a name and its attributes (enum nft_*_attributes), in the form in which the kernel dumps them too.
/// </summary>
internal sealed record NftExpression(string Name, byte[] Attributes)
{
    private const uint EqualOp = 0, NotEqualOp = 1, MaskXorOp = 0;

    internal static NftExpression Payload(uint header, uint offset, uint length, NftRegister to) =>
        Create("payload", w => Numbers(w, to.Number, header, offset, length));

    internal static NftExpression Meta(uint key, NftRegister to) => Create("meta", w => Numbers(w, to.Number, key));

    internal static NftExpression MetaSet(uint key, NftRegister from) => Create("meta", w =>
    {
        w.AttributeBigEndian(2, key);
        w.AttributeBigEndian(3, from.Number);
    });

    internal static NftExpression Ct(uint key, NftRegister to) => Create("ct", w => Numbers(w, to.Number, key));

    /// <summary>Something of the connection as its first packet was.</summary>
    internal static NftExpression CtOriginal(uint key, NftRegister to) => Create("ct", w =>
    {
        Numbers(w, to.Number, key);
        w.Attribute(3, (byte)0);
    });

    internal static NftExpression CtSet(uint key, NftRegister from) => Create("ct", w =>
    {
        w.AttributeBigEndian(2, key);
        w.AttributeBigEndian(4, from.Number);
    });

    internal static NftExpression Fib(uint flags, uint result, NftRegister to) => Create("fib", w => Numbers(w, to.Number, result, flags));

    /// <summary>One byte, 0 or 1; the rule ends here where this namespace has no socket for the packet (NFT_SOCKET_TRANSPARENT of linux/netfilter/nf_tables.h).</summary>
    internal static NftExpression SocketTransparent(NftRegister to) => Create("socket", w => Numbers(w, 0, to.Number));

    /// <summary>A random number below <paramref name="modulus"/>.</summary>
    internal static NftExpression Random(uint modulus, NftRegister to) => Create("numgen", w => Numbers(w, to.Number, modulus, 1, 0));

    internal static NftExpression Compare(NftRegister from, bool equal, ReadOnlySpan<byte> value)
    {
        var bytes = value.ToArray();
        return Create("cmp", w =>
        {
            Numbers(w, from.Number, equal ? EqualOp : NotEqualOp);
            Value(w, 3, bytes);
        });
    }

    internal static NftExpression Range(NftRegister from, bool inside, byte[] first, byte[] last) => Create("range", w =>
    {
        Numbers(w, from.Number, inside ? EqualOp : NotEqualOp);
        Value(w, 3, first);
        Value(w, 4, last);
    });

    /// <summary>value &amp; mask ^ xor.</summary>
    internal static NftExpression Bitwise(NftRegister from, NftRegister to, byte[] mask, byte[] xor) => Create("bitwise", w =>
    {
        Numbers(w, from.Number, to.Number, (uint)mask.Length);
        Value(w, 4, mask);
        Value(w, 5, xor);
        w.AttributeBigEndian(6, MaskXorOp);
    });

    /// <summary>Swaps between network and machine order.</summary>
    internal static NftExpression ByteOrder(NftRegister register, bool toNetwork, uint length, uint size) =>
        Create("byteorder", w => Numbers(w, register.Number, register.Number, toNetwork ? 1u : 0u, length, size));

    internal static NftExpression Lookup(string set, NftRegister from, bool inverted = false) => Create("lookup", w =>
    {
        w.Attribute(1, set);
        w.AttributeBigEndian(2, from.Number);
        w.AttributeBigEndian(5, inverted ? 1u : 0u);
    });

    internal static NftExpression LookupMap(string map, NftRegister from, uint toRegister) => Create("lookup", w =>
    {
        w.Attribute(1, map);
        w.AttributeBigEndian(2, from.Number);
        w.AttributeBigEndian(3, toRegister);
    });

    /// <summary>Adds or refreshes an element of a dynamic set.</summary>
    internal static NftExpression Remember(string set, NftRegister key, NftRegister? value, TimeSpan timeout) => Dynamic(1, set, key, value, timeout);

    /// <summary>Of a map the kernel wants a value's register here too, and reads nothing from it (nft_dynset_init).</summary>
    internal static NftExpression Forget(string map, NftRegister key) => Dynamic(2, map, key, key, default);

    private static NftExpression Dynamic(uint operation, string set, NftRegister key, NftRegister? value, TimeSpan timeout) => Create("dynset", w =>
    {
        w.Attribute(1, set);
        w.AttributeBigEndian(3, operation);
        w.AttributeBigEndian(4, key.Number);
        if (value is { } register)
            w.AttributeBigEndian(5, register.Number);
        if (timeout > TimeSpan.Zero)
            w.AttributeBigEndian(6, (ulong)timeout.TotalMilliseconds);
    });

    internal static NftExpression Immediate(NftRegister to, byte[] value) => Create("immediate", w =>
    {
        w.AttributeBigEndian(1, to.Number);
        Value(w, 2, value);
    });

    internal static NftExpression Immediate(NftVerdict verdict) => Create("immediate", w =>
    {
        w.AttributeBigEndian(1, NftRegister.Verdict);
        Verdict(w, 2, verdict);
    });

    internal static NftExpression NoTrack() => new("notrack", []);

    internal static NftExpression Counter() => new("counter", []);

    internal static NftExpression CounterObject(string name) => Create("objref", w =>
    {
        w.AttributeBigEndian(1, Nfnl.NFT_OBJECT_COUNTER);
        w.Attribute(2, name);
    });

    /// <param name="destination">DNAT, not SNAT</param>
    /// <param name="family">of the address</param>
    /// <param name="address">register of the new address</param>
    /// <param name="port">register of the new port, null to keep it</param>
    internal static NftExpression Nat(bool destination, NftFamily family, NftRegister address, NftRegister? port) => Create("nat", w =>
    {
        Numbers(w, destination ? 1u : 0u, (uint)family, address.Number, address.Number);
        if (port is not { } register)
            return;
        w.AttributeBigEndian(5, register.Number);
        w.AttributeBigEndian(6, register.Number);
    });

    internal static NftExpression Masquerade(uint flags) => Create("masq", w =>
    {
        if (flags != 0)
            w.AttributeBigEndian(1, flags);
    });

    internal static NftExpression Redirect(NftRegister port) => Create("redir", w => Numbers(w, port.Number, port.Number));

    /// <param name="type">enum nft_reject_types</param>
    /// <param name="code">of ICMP; a reset has none, and the kernel's dump says none</param>
    internal static NftExpression Reject(uint type, byte? code) => Create("reject", w =>
    {
        w.AttributeBigEndian(1, type);
        if (code is { } some)
            w.Attribute(2, some);
    });

    internal static NftExpression Limit(ulong rate, ulong perSeconds, uint burst) => Create("limit", w =>
    {
        w.AttributeBigEndian(1, rate);
        w.AttributeBigEndian(2, perSeconds);
        w.AttributeBigEndian(3, burst);
        w.AttributeBigEndian(4, 0u);
        w.AttributeBigEndian(5, 0u);
    });

    /// <summary>True when the kernel's dump says the same; it may say more, and counters count.</summary>
    internal bool IsIn(NftExpression dumped)
    {
        if (Name != dumped.Name)
            return false;
        var mine = new AttributeReader(Attributes);
        while (mine.Next())
            if (!Holds(dumped.Attributes, mine.Type, mine.Value))
                return false;
        return true;
    }

    internal static void Verdict(NetlinkMessageWriter w, ushort type, NftVerdict verdict)
    {
        var outer = w.BeginNest(type, flagged: false);
        var inner = w.BeginNest(Nfnl.NFTA_DATA_VERDICT, flagged: false);
        w.AttributeBigEndian(Nfnl.NFTA_VERDICT_CODE, (uint)verdict.Code);
        if (verdict.Chain is not null)
            w.Attribute(Nfnl.NFTA_VERDICT_CHAIN, verdict.Chain);
        w.EndNest(inner);
        w.EndNest(outer);
    }

    internal static void Value(NetlinkMessageWriter w, ushort type, ReadOnlySpan<byte> value)
    {
        var nest = w.BeginNest(type, flagged: false);
        w.Attribute(Nfnl.NFTA_DATA_VALUE, value);
        w.EndNest(nest);
    }

    private static bool Holds(byte[] attributes, ushort type, ReadOnlySpan<byte> value)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
            if (reader.Type == type)
                return reader.Value.SequenceEqual(value);
        return false;
    }

    /// <summary>Attributes 1, 2, 3 …</summary>
    private static void Numbers(NetlinkMessageWriter w, params ReadOnlySpan<uint> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
            w.AttributeBigEndian((ushort)(i + 1), numbers[i]);
    }

    private static NftExpression Create(string name, Action<NetlinkMessageWriter> write)
    {
        var writer = new NetlinkMessageWriter();
        write(writer);
        return new NftExpression(name, writer.Written.ToArray());
    }
}
