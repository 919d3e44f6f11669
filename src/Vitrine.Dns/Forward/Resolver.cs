using Vitrine.Dns.Answers;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Forward;

/// <summary>Questions that need more than a look: aliases are followed within the zone and out of it, the rest is asked of upstreams.</summary>
internal sealed class Resolver(AnswerTable table, string zone, Answerer answerer, Forwarder? forwarder)
{
    private const int LongestChain = 8;
    private readonly byte[] zoneName = WireName.Parse(zone)!;

    /// <summary>Writes the answer over the question.</summary>
    /// <param name="message">The question, with the room of its answer behind it.</param>
    /// <param name="query">As read from it.</param>
    /// <param name="stream">It came by TCP.</param>
    /// <returns>bytes of the answer</returns>
    public async Task<int> AnswerAsync(Memory<byte> message, Query query, bool stream)
    {
        var name = new byte[query.NameLength];
        WireName.ToLower(message.Span.Slice(DnsFormat.HeaderSize, query.NameLength), name);
        var chain = new List<byte[]>();
        while (table.Find(name) is { } entry && Alias(entry, query.Type) is { } target)
        {
            chain.Add(target);
            if (chain.Count > LongestChain)
                return answerer.Fail(message.Span, query, stream);
            name = target;
        }
        var outside = table.Find(name) is null && WireName.FindSuffix(name, zoneName) < 0;
        if (!outside)
            return Write(message.Span, query, stream, chain, name, null, 0);
        // Without anybody to ask, what the zone itself says is still worth having: the alias.
        if (forwarder is null)
            return Write(message.Span, query, stream, chain, name, new CachedAnswer(DnsRcode.NoError, [], [], 0), 0);
        var (answer, age) = await forwarder.LookUpAsync(name, query.Type, query.DnssecOk, query.CheckingDisabled).ConfigureAwait(false);
        return Write(message.Span, query, stream, chain, name, answer, age);
    }

    private static byte[]? Alias(byte[] entry, ushort type) =>
        type != (ushort)DnsType.CNAME && new NameEntry(entry).TryFind((ushort)DnsType.CNAME, out var alias) ? alias.Records[12..].ToArray() : null;

    private int Write(Span<byte> message, Query query, bool stream, List<byte[]> chain, byte[] end, CachedAnswer? answer, int age)
    {
        var writer = new MessageWriter(message, query, Answerer.Limit(query, stream));
        var owner = new byte[query.NameLength];
        WireName.ToLower(message.Slice(DnsFormat.HeaderSize, query.NameLength), owner);
        var at = DnsFormat.HeaderSize;
        foreach (var target in chain)
        {
            if (!writer.TryRecord(owner, (ushort)DnsType.CNAME, DnsRecordSet.Ttl, target))
                writer.Cut();
            at = writer.Length - target.Length;
            owner = target;
        }
        if (answer is not null)
        {
            answer.AppendTo(ref writer, age);
            return writer.Finish(answer.Rcode, answerer.FlagsFor(authoritative: chain.Count > 0));
        }
        var rcode = DnsRcode.NXDomain;
        if (table.Find(end) is { } entry)
        {
            rcode = DnsRcode.NoError;
            if (new NameEntry(entry).TryFind(query.Type, out var set))
            {
                set.AppendTo(ref writer, (uint)Environment.TickCount, at);
                return writer.Finish(rcode, answerer.FlagsFor(authoritative: true));
            }
        }
        writer.Denial(zoneName, answerer.Serial, Answerer.DenialSeconds);
        return writer.Finish(rcode, answerer.FlagsFor(authoritative: true));
    }
}
