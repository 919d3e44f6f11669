using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Nft;

/// <summary>
/// A NETLINK_NETFILTER socket: the nftables of the one network namespace it was opened in, whichever thread uses it. Not safe for two threads at once.
/// </summary>
public sealed class NftSocket : IDisposable
{
    private const int BufferSize = 64 * 1024, DumpAttempts = 16;

    // The kernel's default of net.core.wmem_default; a transaction above it needs more room in one piece.
    private const int DefaultSendRoom = 128 * 1024;
    private readonly NetlinkHandle handle;
    private readonly byte[] received = new byte[BufferSize];
    private int sendRoom = DefaultSendRoom;
    private uint port;

    private NftSocket(NetlinkHandle handle) => this.handle = handle;

    /// <summary>By which notifications name the one who caused them.</summary>
    internal uint Port => port != 0 ? port : port = handle.Port();

    internal uint Sequence { get; private set; } = 1;

    /// <summary>Opens a socket in the namespace of the calling thread.</summary>
    public static NftSocket Open() => new(NetlinkHandle.Open(Rtnl.NETLINK_NETFILTER));

    /// <summary>Opens a socket in another namespace, on a thread of its own.</summary>
    public static NftSocket OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>Begins a transaction; dumps may come before it is sent.</summary>
    public NftBatch Batch() => new(this);

    public IReadOnlyList<NftTable> ListTables() =>
        [.. Dump(Nfnl.NFT_MSG_GETTABLE, 0, "list tables", static _ => { }, NftReader.Table)];

    /// <summary>The table's chains, in no order.</summary>
    public IReadOnlyList<NftChain> ListChains(NftTable table) =>
        [.. Dump(Nfnl.NFT_MSG_GETCHAIN, table.Family, $"list chains of table {table}", static _ => { }, body => NftReader.Chain(body)).Where(c => c.Table == table)];

    /// <summary>The table's rules, those of one chain in their order.</summary>
    public IReadOnlyList<NftDumpedRule> ListRules(NftTable table) =>
        [.. Dump(Nfnl.NFT_MSG_GETRULE, table.Family, $"list rules of table {table}", w => w.Attribute(Nfnl.NFTA_RULE_TABLE, table.Name), body => NftReader.Rule(body))
            .Where(r => r.Table == table)];

    /// <summary>The table's sets and maps.</summary>
    public IReadOnlyList<NftSet> ListSets(NftTable table) =>
        [.. Dump(Nfnl.NFT_MSG_GETSET, table.Family, $"list sets of table {table}", w => w.Attribute(Nfnl.NFTA_SET_TABLE, table.Name), body => NftReader.Set(body))
            .Where(s => s.Table == table)];

    /// <summary>The table's counters that have a name.</summary>
    public IReadOnlyList<NftCounter> ListCounters(NftTable table) =>
        [.. Dump(Nfnl.NFT_MSG_GETOBJ, table.Family, $"list counters of table {table}", w =>
        {
            w.Attribute(Nfnl.NFTA_OBJ_TABLE, table.Name);
            w.AttributeBigEndian(Nfnl.NFTA_OBJ_TYPE, Nfnl.NFT_OBJECT_COUNTER);
        }, NftReader.Counter).OfType<NftCounter>().Where(c => c.Table == table)];

    /// <summary>
    /// Each once. A hash table that is rebuilt between two parts of a dump, some moments after it has grown, gives some elements twice and leaves out others, and the kernel does not
    /// say so: it goes on by position (nft_rhash_walk). So a list with any twice is asked for again.
    /// </summary>
    public IReadOnlyList<NftElement> ListElements(NftSet set)
    {
        var attempted = $"list elements of {set.Name} of table {set.Table}";
        for (var attempt = 0; attempt < DumpAttempts; attempt++)
        {
            (NftElement Element, bool End)[] listed = [.. Dump(
                Nfnl.NFT_MSG_GETSETELEM, set.Table.Family, attempted,
                w =>
                {
                    w.Attribute(Nfnl.NFTA_SET_ELEM_LIST_TABLE, set.Table.Name);
                    w.Attribute(Nfnl.NFTA_SET_ELEM_LIST_SET, set.Name);
                },
                NftReader.Elements).SelectMany(e => e)];
            if (set.Interval || listed.Select(e => e.Element.Key).Distinct().Count() == listed.Length)
                return NftReader.Pair(set, listed);
        }
        throw new NetlinkException(attempted, Errno.EAGAIN, $"the set was rebuilt during each of {DumpAttempts} dumps");
    }

    /// <summary>Another one after each transaction of anybody in this namespace, whatever it changed; the same as long as nobody wrote anything.</summary>
    public uint Generation()
    {
        const string attempted = "read the generation of the ruleset";
        var writer = new NetlinkMessageWriter();
        var own = Sequence++;
        writer.Begin(Nfnl.MessageType(Nfnl.NFT_MSG_GETGEN), Rtnl.NLM_F_REQUEST, own);
        writer.Reserve(Nfnl.NfgenmsgSize);
        handle.Send(writer.Written);
        while (true)
        {
            var reader = new NetlinkMessageReader(received.AsSpan(0, handle.Receive(received)));
            while (reader.Next())
            {
                if (reader.Sequence != own)
                    continue;
                if (reader.Type == Rtnl.NLMSG_ERROR)
                    throw RtnetlinkSocket.ReadError(ref reader, () => attempted) ?? new NetlinkException(attempted, Errno.EIO, "the kernel gave no answer and no reason");
                var attributes = new AttributeReader(reader.Body[Nfnl.NfgenmsgSize..]);
                while (attributes.Next())
                    if (attributes.Type == Nfnl.NFTA_GEN_ID)
                        return attributes.UInt32BigEndian;
            }
        }
    }

    /// <summary>Deletes a table; false when there is none.</summary>
    public bool TryDeleteTable(NftTable table)
    {
        try
        {
            Batch().DeleteTable(table).Send();
            return true;
        }
        catch (NftException e) when (e.Errno == Errno.ENOENT)
        {
            return false;
        }
    }

    public void Dispose() => handle.Dispose();

    /// <summary>
    /// Sends a batch whose last message but the closing one asks for an acknowledgement. nfnetlink does the work within send(2) and keeps going after an
    /// error to find more, so every answer is there when it returns.
    /// </summary>
    internal void Transact(ReadOnlySpan<byte> messages, uint first, IReadOnlyList<Func<string>> attempted)
    {
        var last = first + (uint)attempted.Count - 1;
        Sequence = Math.Max(Sequence, last + 2);
        if (messages.Length > sendRoom)
            handle.SetSendRoom(sendRoom = messages.Length + BufferSize);
        handle.Send(messages);
        var refusals = new List<NetlinkException>();
        var answered = false;
        while (TryReceive(refusals, attempted[0], out var reader))
            while (reader.Next())
                if (reader.Type == Rtnl.NLMSG_ERROR && reader.Sequence >= first && reader.Sequence <= last + 1)
                {
                    answered = true;
                    var index = (int)Math.Min(reader.Sequence - first, last - first);
                    if (RtnetlinkSocket.ReadError(ref reader, attempted[index]) is { } refusal)
                        refusals.Add(refusal);
                }
        if (refusals.Count > 0)
            throw new NftException(refusals);
        if (!answered)
            throw new NetlinkException(attempted[0](), Errno.EIO, "the kernel gave no answer");
    }

    /// <summary>More errors than the receive buffer holds are reported as ENOBUFS between those it does hold.</summary>
    private bool TryReceive(List<NetlinkException> refusals, Func<string> what, out NetlinkMessageReader reader)
    {
        while (true)
            try
            {
                var length = handle.TryReceive(received);
                reader = new NetlinkMessageReader(received.AsSpan(0, Math.Max(length, 0)));
                return length >= 0;
            }
            catch (LinuxException e) when (e.Errno == Errno.ENOBUFS)
            {
                refusals.Add(new NetlinkException(what(), e.Errno, "more errors than there is room for"));
            }
    }

    private List<T> Dump<T>(ushort message, NftFamily family, string attempted, Action<NetlinkMessageWriter> filter, Func<ReadOnlySpan<byte>, T> read)
    {
        // A transaction may come between the parts of a dump; the kernel says so.
        for (var attempt = 0; attempt < DumpAttempts; attempt++)
            if (TryDump(message, family, attempted, filter, read) is { } whole)
                return whole;
        throw new NetlinkException(attempted, Errno.EAGAIN, $"the table changed during each of {DumpAttempts} dumps");
    }

    private List<T>? TryDump<T>(ushort message, NftFamily family, string attempted, Action<NetlinkMessageWriter> filter, Func<ReadOnlySpan<byte>, T> read)
    {
        var writer = new NetlinkMessageWriter();
        var own = Sequence++;
        writer.Begin(Nfnl.MessageType(message), Rtnl.NLM_F_REQUEST | Rtnl.NLM_F_DUMP, own);
        writer.Reserve(Nfnl.NfgenmsgSize)[0] = (byte)family;
        filter(writer);
        handle.Send(writer.Written);
        var results = new List<T>();
        var interrupted = false;
        while (true)
        {
            var reader = new NetlinkMessageReader(received.AsSpan(0, handle.Receive(received)));
            while (reader.Next())
            {
                if (reader.Sequence != own)
                    continue;
                interrupted |= (reader.Flags & Rtnl.NLM_F_DUMP_INTR) != 0;
                if (reader.Type == Rtnl.NLMSG_DONE)
                {
                    if (reader.Body.Length >= 4 && MemoryMarshal.Read<int>(reader.Body) is < 0 and var failed)
                        throw new NetlinkException(attempted, -failed, null);
                    return interrupted ? null : results;
                }
                if (reader.Type == Rtnl.NLMSG_ERROR)
                    throw RtnetlinkSocket.ReadError(ref reader, () => attempted) ?? new NetlinkException(attempted, Errno.EIO, "the kernel ended the dump without a reason");
                results.Add(read(reader.Body));
            }
        }
    }
}
