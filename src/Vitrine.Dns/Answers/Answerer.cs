using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Answers;

/// <summary>
/// Answers what is known at once, in the bytes of the question, without allocating; what is not is left to the resolver.
/// <code>
/// 1 read            nonsense is refused or, where it is no question, not answered
/// 2 table           the zone's names and the hosts option's
/// 3 zone            pod records, a search list followed to its end, or: there is no such name
/// 4 cache           what others said not long ago
/// </code>
/// </summary>
internal sealed class Answerer(AnswerTable table, string zone, SearchPaths searches, AnswerCache cache)
{
    /// <summary>A denial is asked again sooner than a record: what is missing is often about to come.</summary>
    public const int DenialSeconds = 5;

    private readonly byte[] zoneName = WireName.Parse(zone)!;
    private readonly byte[] podZone = WireName.Parse($"pod.{zone}")!;
    private uint turn;

    /// <summary>The cluster was read once. Before, nobody can say that a name does not exist.</summary>
    public bool Ready { get; set; }

    public uint Serial { get; set; } = 1;

    /// <summary>There are others to ask.</summary>
    public bool Recursive { get; init; }

    private ushort ZoneFlags => (ushort)(DnsFormat.FlagAuthoritative | OutsideFlags);

    private ushort OutsideFlags => Recursive ? DnsFormat.FlagRecursionAvailable : (ushort)0;

    /// <param name="message">The question, with the room of its answer behind it.</param>
    /// <param name="length">Bytes of the question.</param>
    /// <param name="client">Bits of the client's address.</param>
    /// <param name="stream">It came by TCP.</param>
    /// <param name="query">As far as it could be read.</param>
    /// <returns>bytes of the answer; <see cref="AnswerOutcome.Silence"/> or <see cref="AnswerOutcome.Later"/></returns>
    public int Answer(Span<byte> message, int length, UInt128 client, bool stream, out Query query)
    {
        var verdict = Query.Read(message[..length], out query);                                              // 1
        if (verdict is not { } rcode)
            return AnswerOutcome.Silence;
        var writer = new MessageWriter(message, query, Limit(query, stream));
        if (rcode != DnsRcode.NoError)
            return writer.Finish(rcode, 0);
        if (query.Class != DnsFormat.ClassIn || query.Type is 0 or DnsFormat.TypeOpt or >= DnsFormat.TypeIxfr and <= DnsFormat.TypeMaila)
            return writer.Finish(DnsRcode.Refused, 0);

        Span<byte> name = stackalloc byte[DnsFormat.MaxName];
        name = name[..query.NameLength];
        WireName.ToLower(message.Slice(DnsFormat.HeaderSize, query.NameLength), name);
        if (table.Find(name) is { } entry)                                                                    // 2
            return FromEntry(ref writer, new NameEntry(entry), name, query);
        if (WireName.FindSuffix(name, zoneName) >= 0)                                                         // 3
            return FromZone(ref writer, name, query, client);
        if (query.Type == DnsFormat.TypeAny)
            return Minimal(ref writer, name, OutsideFlags);
        var known = cache.TryAnswer(ref writer, name, query);                                                 // 4
        if (known is { } found)
            return writer.Finish(found, OutsideFlags);
        return Recursive ? AnswerOutcome.Later : writer.Finish(DnsRcode.Refused, 0);
    }

    /// <summary>An answer that could not be had.</summary>
    public int Fail(Span<byte> message, in Query query, bool stream, DnsRcode rcode = DnsRcode.ServFail) =>
        new MessageWriter(message, query, Limit(query, stream)).Finish(rcode, OutsideFlags);

    /// <summary>Header flags: AA for what the zone itself says, RA when there are others to ask.</summary>
    public ushort FlagsFor(bool authoritative) => authoritative ? ZoneFlags : OutsideFlags;

    /// <summary>Bytes a client takes.</summary>
    public static int Limit(in Query query, bool stream) =>
        stream ? DnsFormat.MaxMessage : Math.Min(query.Payload, query.HasEdns ? DnsFormat.EdnsPayload : DnsFormat.PlainPayload);

    private int FromEntry(ref MessageWriter writer, NameEntry entry, ReadOnlySpan<byte> name, in Query query)
    {
        if (query.Type == DnsFormat.TypeAny)
            return Minimal(ref writer, name, ZoneFlags);
        if (entry.TryFind(query.Type, out var set))
        {
            set.AppendTo(ref writer, turn++);
            return writer.Finish(DnsRcode.NoError, ZoneFlags);
        }
        // An alias is followed, if need be to the outside.
        if (entry.TryFind((ushort)DnsType.CNAME, out _))
            return AnswerOutcome.Later;
        var inZone = WireName.FindSuffix(name, zoneName) >= 0;
        writer.Denial(inZone ? zoneName : ReverseZone(name), Serial, DenialSeconds, asAnswer: query.Type == (ushort)DnsType.SOA && name.SequenceEqual(zoneName));
        return writer.Finish(DnsRcode.NoError, ZoneFlags);
    }

    private int FromZone(ref MessageWriter writer, ReadOnlySpan<byte> name, in Query query, UInt128 client)
    {
        if (!Ready)
            return writer.Finish(DnsRcode.ServFail, 0);
        if (IsPod(name, out var v6, out var address))
        {
            if (query.Type == (ushort)(v6 ? DnsType.AAAA : DnsType.A))
                writer.TryRecord(name, query.Type, DnsRecordSet.Ttl, address);
            else if (query.Type == DnsFormat.TypeAny)
                return Minimal(ref writer, name, ZoneFlags);
            else
                writer.Denial(zoneName, Serial, DenialSeconds);
            return writer.Finish(DnsRcode.NoError, ZoneFlags);
        }
        if (query.Type is (ushort)DnsType.A or (ushort)DnsType.AAAA && searches.TryFollow(ref writer, table, name, query, client, turn++) is { } rcode)
            return writer.Finish(rcode, ZoneFlags);
        writer.Denial(zoneName, Serial, DenialSeconds);
        return writer.Finish(DnsRcode.NXDomain, ZoneFlags);
    }

    private bool IsPod(ReadOnlySpan<byte> name, out bool v6, out ReadOnlySpan<byte> address)
    {
        v6 = false;
        address = default;
        // LABEL.NAMESPACE.pod.ZONE, where NAMESPACE.pod.ZONE is in the table.
        var end = WireName.FindSuffix(name, podZone);
        if (end <= 0 || name[0] + 1 >= end || table.Find(name[(name[0] + 1)..]) is null)
            return false;
        Span<char> label = stackalloc char[DnsFormat.MaxLabel];
        label = label[..name[0]];
        for (var i = 0; i < label.Length; i++)
            label[i] = (char)name[i + 1];
        if (PodRecord.AddressOf(label) is not { } found)
            return false;
        address = found.GetAddressBytes();
        v6 = address.Length == 16;
        return true;
    }

    /// <summary>ANY is answered with one small record (RFC 8482): to list all would make a weapon of it.</summary>
    private static int Minimal(ref MessageWriter writer, ReadOnlySpan<byte> name, ushort flags)
    {
        const int day = 86400;
        writer.TryRecord(name, DnsFormat.TypeHinfo, day, "\u0007RFC8482\0"u8);
        return writer.Finish(DnsRcode.NoError, flags);
    }

    /// <summary>The apex of names that are no zone of ours but whose last word we have: the address tree's, or the name itself.</summary>
    private static ReadOnlySpan<byte> ReverseZone(ReadOnlySpan<byte> name)
    {
        var v4 = WireName.FindSuffix(name, "\u0007in-addr\u0004arpa\0"u8);
        return v4 >= 0 ? name[v4..] : WireName.FindSuffix(name, "\u0003ip6\u0004arpa\0"u8) is >= 0 and var v6 ? name[v6..] : name;
    }
}
