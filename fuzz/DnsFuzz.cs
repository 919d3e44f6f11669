using System.Text;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Fuzz;

/// <summary>A packet as a question, through to its answer, and as an upstream's reply, through to the cache.</summary>
internal static class DnsFuzz
{
    private const string Zone = "cluster.local";
    private static readonly Answerer Answerer = Make();

    // Mutation works on text; every byte of these is below 128, so they are the same in UTF-8.
    public static string[] Seeds { get; } =
    [
        Text([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. Name("web.default.svc.cluster.local"), 0, 1, 0, 1, 0, 0, 41, 4, 0x50, 0, 0, 0, 0, 0, 4, 0, 10, 0, 0]),
        Text([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name("10-1-2-3.default.pod.cluster.local"), 0, 1, 0, 1]),
        Text([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name("_http._tcp.web.default.svc.cluster.local"), 0, 33, 0, 1]),
        Text([0, 7, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, .. Name("a.example"), 0, 1, 0, 1, .. Name("a.example"), 0, 5, 0, 1, 0, 0, 0, 9, 0, 9, .. Name("b.example")[..9], .. Name("example"), 0, 6, 0, 1, 0, 0, 0, 9, 0, 24, 0, 0, .. new byte[20]]),
    ];

    public static void Parse(byte[] input)
    {
        foreach (var (room, stream) in new[] { (2048, false), (DnsFormat.MaxMessage, true) })
        {
            var message = new byte[Math.Max(room, input.Length)];
            input.CopyTo(message, 0);
            var length = Answerer.Answer(message, input.Length, 1, stream, out var query);
            if (length > Answerer.Limit(query, stream) || length > message.Length)
                throw new InvalidOperationException($"an answer of {length} bytes");
        }
        // The same bytes as a reply to whatever question they hold.
        var name = input.Length < DnsFormat.HeaderSize ? -1 : WireName.Measure(input.AsSpan(DnsFormat.HeaderSize));
        if (name < 0 || input.Length < DnsFormat.HeaderSize + name + 4)
            return;
        var reply = input.ToArray();
        reply[2] |= 0x80;
        var asked = new byte[name];
        WireName.ToLower(input.AsSpan(DnsFormat.HeaderSize, name), asked);
        if (ReplyReader.Read(reply, input) is { } read && Bailiwick.Keep(read, asked, 1, true) is { } kept)
        {
            var message = new byte[DnsFormat.EdnsPayload];
            input.AsSpan(0, DnsFormat.HeaderSize + name + 4).CopyTo(message);
            var writer = new MessageWriter(message, new Query { NameLength = name, HasEdns = true }, message.Length);
            kept.AppendTo(ref writer, 1);
            writer.Finish(kept.Rcode, 0);
        }
    }

    private static Answerer Make()
    {
        var table = new AnswerTable();
        var writer = new ZoneWriter(table, Zone, [System.Net.IPAddress.Parse("10.96.0.10")]);
        writer.Begin([new DnsRecordSet("default.pod.cluster.local", DnsType.TXT, [DnsValue.Of("x")], ""), new DnsRecordSet("web.default.svc.cluster.local", DnsType.A, [.. Enumerable.Range(1, 200).Select(i => DnsValue.Of(new System.Net.IPAddress([10, 0, 0, (byte)i])))], "")]);
        var cache = new AnswerCache(TimeProvider.System);
        return new Answerer(table, Zone, new SearchPaths(Zone, cache), cache) { Ready = true, Recursive = true };
    }

    private static byte[] Name(string name) => WireName.Parse(name)!;

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
