using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>
/// A transaction: any number of changes in one send(2), and a packet sees all of them or none. Deletions of what is not there fail it; additions of
/// what is there do not, rules excepted, which are added once more.
/// </summary>
public sealed partial class NftBatch
{
    private const ushort Add = Rtnl.NLM_F_REQUEST | Rtnl.NLM_F_CREATE, Append = Add | Rtnl.NLM_F_APPEND;

    // Elements travel in an attribute, whose length has 16 bits.
    private const int MostElementBytes = 48 * 1024;
    private readonly NftSocket socket;
    private readonly NetlinkMessageWriter writer = new();
    private readonly List<Func<string>> attempted = [];
    private readonly uint firstSequence;
    private uint setId;

    internal NftBatch(NftSocket socket)
    {
        this.socket = socket;
        firstSequence = socket.Sequence;
        Frame(Nfnl.NFNL_MSG_BATCH_BEGIN, firstSequence);
        attempted.Add(() => "change nftables");
    }

    /// <summary>How many changes there are so far.</summary>
    public int Count => attempted.Count - 1;

    public NftBatch AddTable(NftTable table, string? comment = null)
    {
        Begin(Nfnl.NFT_MSG_NEWTABLE, Add, table.Family, () => $"add table {table}");
        writer.Attribute(Nfnl.NFTA_TABLE_NAME, table.Name);
        writer.AttributeBigEndian(Nfnl.NFTA_TABLE_FLAGS, 0u);
        Comment(Nfnl.NFTA_TABLE_USERDATA, comment);
        return this;
    }

    /// <summary>With all that is in it. ENOENT when there is none.</summary>
    public NftBatch DeleteTable(NftTable table)
    {
        Begin(Nfnl.NFT_MSG_DELTABLE, Rtnl.NLM_F_REQUEST, table.Family, () => $"delete table {table}");
        writer.Attribute(Nfnl.NFTA_TABLE_NAME, table.Name);
        return this;
    }

    public NftBatch AddChain(NftChain chain)
    {
        Begin(Nfnl.NFT_MSG_NEWCHAIN, Add, chain.Table.Family, () => $"add chain {chain.Name} to table {chain.Table}");
        writer.Attribute(Nfnl.NFTA_CHAIN_TABLE, chain.Table.Name);
        writer.Attribute(Nfnl.NFTA_CHAIN_NAME, chain.Name);
        if (chain.Hook is { } hook)
        {
            var nest = writer.BeginNest(Nfnl.NFTA_CHAIN_HOOK);
            writer.AttributeBigEndian(Nfnl.NFTA_HOOK_HOOKNUM, (uint)hook);
            writer.AttributeBigEndian(Nfnl.NFTA_HOOK_PRIORITY, (uint)chain.Priority);
            writer.EndNest(nest);
            writer.AttributeBigEndian(Nfnl.NFTA_CHAIN_POLICY, chain.DropsByDefault ? 0u : 1u);
            writer.Attribute(Nfnl.NFTA_CHAIN_TYPE, chain.Type);
        }
        Comment(Nfnl.NFTA_CHAIN_USERDATA, chain.Comment);
        return this;
    }

    /// <summary>The chain must be empty, and nothing may jump to it.</summary>
    public NftBatch DeleteChain(NftTable table, string name)
    {
        Begin(Nfnl.NFT_MSG_DELCHAIN, Rtnl.NLM_F_REQUEST, table.Family, () => $"delete chain {name} of table {table}");
        writer.Attribute(Nfnl.NFTA_CHAIN_TABLE, table.Name);
        writer.Attribute(Nfnl.NFTA_CHAIN_NAME, name);
        return this;
    }

    /// <summary>Appends a rule to its chain.</summary>
    public NftBatch AddRule(NftRule rule)
    {
        Begin(Nfnl.NFT_MSG_NEWRULE, Append, rule.Table.Family, () => $"add rule \"{rule}\" to chain {rule.Chain} of table {rule.Table}");
        writer.Attribute(Nfnl.NFTA_RULE_TABLE, rule.Table.Name);
        writer.Attribute(Nfnl.NFTA_RULE_CHAIN, rule.Chain);
        var list = writer.BeginNest(Nfnl.NFTA_RULE_EXPRESSIONS);
        foreach (var expression in rule.Expressions)
        {
            var element = writer.BeginNest(Nfnl.NFTA_LIST_ELEM);
            writer.Attribute(Nfnl.NFTA_EXPR_NAME, expression.Name);
            writer.Attribute(Nfnl.NFTA_EXPR_DATA | Rtnl.NLA_F_NESTED, expression.Attributes);
            writer.EndNest(element);
        }
        writer.EndNest(list);
        Comment(Nfnl.NFTA_RULE_USERDATA, rule.Comment);
        return this;
    }

    public NftBatch DeleteRule(NftTable table, string chain, ulong handle)
    {
        Begin(Nfnl.NFT_MSG_DELRULE, Rtnl.NLM_F_REQUEST, table.Family, () => $"delete rule {handle} of chain {chain} of table {table}");
        writer.Attribute(Nfnl.NFTA_RULE_TABLE, table.Name);
        writer.Attribute(Nfnl.NFTA_RULE_CHAIN, chain);
        writer.AttributeBigEndian(Nfnl.NFTA_RULE_HANDLE, handle);
        return this;
    }

    /// <summary>Deletes all rules of a chain.</summary>
    public NftBatch FlushChain(NftTable table, string chain)
    {
        Begin(Nfnl.NFT_MSG_DELRULE, Rtnl.NLM_F_REQUEST, table.Family, () => $"flush chain {chain} of table {table}");
        writer.Attribute(Nfnl.NFTA_RULE_TABLE, table.Name);
        writer.Attribute(Nfnl.NFTA_RULE_CHAIN, chain);
        return this;
    }

    public NftBatch AddSet(NftSet set)
    {
        Begin(Nfnl.NFT_MSG_NEWSET, Add, set.Table.Family, () => $"add {(set.IsMap ? "map" : "set")} {set.Name} to table {set.Table}");
        NftSetWriter.Write(writer, set, ++setId);
        return this;
    }

    public NftBatch DeleteSet(NftTable table, string name)
    {
        Begin(Nfnl.NFT_MSG_DELSET, Rtnl.NLM_F_REQUEST, table.Family, () => $"delete set {name} of table {table}");
        writer.Attribute(Nfnl.NFTA_SET_TABLE, table.Name);
        writer.Attribute(Nfnl.NFTA_SET_NAME, name);
        return this;
    }

    /// <summary>Adds a counter that rules count in by its name. One that is there goes on counting.</summary>
    public NftBatch AddCounter(NftCounter counter)
    {
        Begin(Nfnl.NFT_MSG_NEWOBJ, Add, counter.Table.Family, () => $"add counter {counter.Name} to table {counter.Table}");
        Counter(counter.Table, counter.Name);
        var data = writer.BeginNest(Nfnl.NFTA_OBJ_DATA);
        writer.AttributeBigEndian(Nfnl.NFTA_COUNTER_BYTES, counter.Bytes);
        writer.AttributeBigEndian(Nfnl.NFTA_COUNTER_PACKETS, counter.Packets);
        writer.EndNest(data);
        return this;
    }

    /// <summary>No rule may count in it.</summary>
    public NftBatch DeleteCounter(NftTable table, string name)
    {
        Begin(Nfnl.NFT_MSG_DELOBJ, Rtnl.NLM_F_REQUEST, table.Family, () => $"delete counter {name} of table {table}");
        Counter(table, name);
        return this;
    }

    /// <summary>Adds elements. One that is there already is left as it is; with another value it fails the transaction (EEXIST).</summary>
    public NftBatch AddElements(NftSet set, IEnumerable<NftElement> elements) => Elements(Nfnl.NFT_MSG_NEWSETELEM, Add, "add", set, elements);

    /// <summary>ENOENT when one is not there.</summary>
    public NftBatch DeleteElements(NftSet set, IEnumerable<NftElement> elements) => Elements(Nfnl.NFT_MSG_DELSETELEM, Rtnl.NLM_F_REQUEST, "delete", set, elements);

    /// <summary>Deletes all elements.</summary>
    public NftBatch FlushSet(NftSet set)
    {
        Begin(Nfnl.NFT_MSG_DELSETELEM, Rtnl.NLM_F_REQUEST, set.Table.Family, () => $"flush set {set.Name} of table {set.Table}");
        writer.Attribute(Nfnl.NFTA_SET_ELEM_LIST_TABLE, set.Table.Name);
        writer.Attribute(Nfnl.NFTA_SET_ELEM_LIST_SET, set.Name);
        return this;
    }

    /// <summary>Does it all at once.</summary>
    /// <exception cref="NftException">nothing was done; which entry is refused, and why</exception>
    public void Send()
    {
        if (Count == 0)
            return;
        writer.AcknowledgeLast();
        Frame(Nfnl.NFNL_MSG_BATCH_END, firstSequence + (uint)attempted.Count);
        socket.Transact(writer.Written, firstSequence, attempted);
    }

    private NftBatch Elements(ushort message, ushort flags, string verb, NftSet set, IEnumerable<NftElement> elements)
    {
        using var rest = elements.GetEnumerator();
        for (var more = rest.MoveNext(); more;)
        {
            NftElement first = rest.Current, last = first;
            var count = 0;
            Begin(message, flags, set.Table.Family, () => NftSetWriter.Describe(verb, set, first, last, count));
            writer.Attribute(Nfnl.NFTA_SET_ELEM_LIST_TABLE, set.Table.Name);
            writer.Attribute(Nfnl.NFTA_SET_ELEM_LIST_SET, set.Name);
            var list = writer.BeginNest(Nfnl.NFTA_SET_ELEM_LIST_ELEMENTS);
            var start = writer.Length;
            for (; more && writer.Length - start < MostElementBytes; more = rest.MoveNext(), count++)
                NftSetWriter.Write(writer, set, last = rest.Current, withContent: message == Nfnl.NFT_MSG_NEWSETELEM);
            writer.EndNest(list);
        }
        return this;
    }

    private void Counter(NftTable table, string name)
    {
        writer.Attribute(Nfnl.NFTA_OBJ_TABLE, table.Name);
        writer.Attribute(Nfnl.NFTA_OBJ_NAME, name);
        writer.AttributeBigEndian(Nfnl.NFTA_OBJ_TYPE, Nfnl.NFT_OBJECT_COUNTER);
    }

    private void Comment(ushort attribute, string? comment)
    {
        if (comment is not null)
            writer.Attribute(attribute, NftAnnotation.Comment(comment));
    }

    private void Begin(ushort message, ushort flags, NftFamily family, Func<string> what)
    {
        writer.Begin(Nfnl.MessageType(message), flags, firstSequence + (uint)attempted.Count);
        attempted.Add(what);
        writer.Reserve(Nfnl.NfgenmsgSize)[0] = (byte)family;
    }

    /// <summary>struct nfgenmsg: family, version, and the subsystem in network order.</summary>
    private void Frame(ushort type, uint sequence)
    {
        writer.Begin(type, Rtnl.NLM_F_REQUEST, sequence);
        writer.Reserve(Nfnl.NfgenmsgSize)[3] = (byte)Nfnl.NFNL_SUBSYS_NFTABLES;
    }
}
