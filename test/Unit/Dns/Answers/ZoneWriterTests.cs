using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Dns.Answers;

public sealed class ZoneWriterTests
{
    private const string Zone = "cluster.local";
    private static readonly ImmutableArray<IPAddress> Servers = [IPAddress.Parse("10.96.0.10")];
    private static readonly DnsType[] Types = [DnsType.A, DnsType.AAAA, DnsType.SRV, DnsType.PTR, DnsType.TXT, DnsType.CNAME, DnsType.NS];

    /// <summary>A Service and its slices by a few numbers: kind, address, endpoints.</summary>
    private static readonly Gen<(int Name, int Kind, int Address, int[] Endpoints)> Change = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[1, 4], Gen.Int[1, 9].Array[0, 5]);

    [Fact]
    public void Whatever_changes_the_server_answers_as_the_plan() => Change.Array[1, 25].Sample(changes =>
    {
        var table = new AnswerTable();
        var writer = new ZoneWriter(table, Zone, Servers);
        writer.Begin([]);
        var answerer = new Answerer(table, Zone, new SearchPaths(Zone, new AnswerCache(TimeProvider.System)), new AnswerCache(TimeProvider.System)) { Ready = true };
        var snapshot = ClusterSnapshot.Empty with { Namespaces = ImmutableDictionary<string, Namespace>.Empty.Add("ns", new Namespace("ns", "", false)) };
        var names = new HashSet<string>();
        foreach (var change in changes)
        {
            snapshot = Apply(snapshot, change, out var key);
            writer.Update(snapshot, [key]);
            var plan = DnsPlan.Compile(snapshot, Zone, Servers);
            names.UnionWith(plan.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0].TrimEnd('.')));
            // Also those that were there once.
            foreach (var name in names)
                foreach (var type in Types)
                    Assert.Equal(Want(plan, name, type), Ask(answerer, name, type));
        }
    }, iter: 60);

    [Fact]
    public void Only_the_Services_named_are_compiled()
    {
        var table = new AnswerTable();
        var writer = new ZoneWriter(table, Zone, Servers);
        writer.Begin([]);
        var snapshot = Apply(Apply(ClusterSnapshot.Empty, (0, 0, 1, []), out var first), (1, 0, 2, []), out var second);
        writer.Update(snapshot, [first, second]);
        var held = table.Find(WireName.Parse("s0.ns.svc.cluster.local")!);
        writer.Update(Apply(snapshot, (1, 0, 3, []), out _), [second]);
        Assert.Same(held, table.Find(WireName.Parse("s0.ns.svc.cluster.local")!));
    }

    private static ClusterSnapshot Apply(ClusterSnapshot snapshot, (int Name, int Kind, int Address, int[] Endpoints) change, out string key)
    {
        var service = new Service
        {
            Namespace = "ns",
            Name = $"s{change.Name}",
            Uid = "",
            Headless = change.Kind is 1 or 2,
            PublishNotReadyAddresses = change.Kind == 2,
            ClusterIPs = change.Kind == 0 ? [IPAddress.Parse($"10.96.{change.Name}.{change.Address}"), IPAddress.Parse($"fd00:96::{change.Name}:{change.Address}")] : [],
            Type = change.Kind == 3 ? ServiceType.ExternalName : ServiceType.ClusterIP,
            ExternalName = change.Kind == 3 ? $"x{change.Address}.example.com" : "",
            Ports = [new ServicePort("http", "TCP", 80 + change.Address, "80", 0), new ServicePort("", "UDP", 53, "53", 0)],
        };
        key = service.Key;
        if (change.Kind == 4)
            return snapshot with { Services = snapshot.Services.Remove(key), EndpointSlices = snapshot.EndpointSlices.Remove(key) };
        // Endpoints of different Services have addresses in common.
        var slice = new EndpointSlice
        {
            Namespace = "ns",
            Name = "a",
            ServiceName = service.Name,
            Ports = [new EndpointPort("http", "TCP", 8080)],
            Endpoints = [.. change.Endpoints.Distinct().Select(e => new Endpoint { Address = IPAddress.Parse($"10.244.0.{e}"), Hostname = e % 3 == 0 ? $"h{e % 2}" : "", Ready = e % 4 != 0 })],
        };
        return (snapshot with { Services = snapshot.Services.SetItem(key, service) }).With(slice);
    }

    private static string Want(DnsPlan plan, string name, DnsType type)
    {
        var answer = plan.Resolve(name, type);
        return answer.Outside is not null || answer.Sets is [{ Type: DnsType.CNAME }, ..] && type != DnsType.CNAME ? "later"
            : answer.Sets.IsEmpty ? plan.Covers(name) ? $"{answer.Rcode}" : answer.Rcode == DnsRcode.NXDomain ? "Refused" : $"{answer.Rcode}"
            : string.Join(' ', answer.Sets[0].Values.Select(v => v.ToString(type)).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Ask(Answerer answerer, string name, DnsType type)
    {
        var message = new byte[DnsFormat.MaxMessage];
        byte[] question = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Parse(name)!, (byte)((int)type >> 8), (byte)type, 0, 1];
        question.CopyTo(message, 0);
        var length = answerer.Answer(message, question.Length, 0, stream: true, out _);
        if (length == AnswerOutcome.Later)
            return "later";
        // Read as a client would: by the reader for upstreams' replies, which knows nothing of how it was written.
        var reply = ReplyReader.Read(message[..length], question)!;
        Assert.NotNull(reply);
        Assert.All(reply.Answers, r => Assert.Equal(WireName.Parse(name)!, r.Owner));
        return reply.Answers.Count == 0 ? $"{reply.Rcode}" : string.Join(' ', reply.Answers.Select(r => Text(type, r.Content)).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Text(DnsType type, byte[] content) => type switch
    {
        DnsType.A or DnsType.AAAA => $"{new IPAddress(content)}",
        DnsType.TXT => $"\"{System.Text.Encoding.ASCII.GetString(content, 1, content[0])}\"",
        DnsType.SRV => $"0 {content[2] << 8 | content[3]} {content[4] << 8 | content[5]} {WireName.ToText(content.AsSpan(6))}",
        _ => WireName.ToText(content),
    };
}
