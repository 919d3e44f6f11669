using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Explain;

namespace Vitrine.Dataplane.Explain;

/// <summary>
/// Stands in a namespace and counts the packets that one question is asked by, which their source port, or an echo's identifier, tells from those of others: kubelet's probes, say, or of
/// a Service's other clients. A table of its own, gone with it, even if it is killed; it accepts everything. With a trace, every rule that the packets meet in any table is reported too.
/// </summary>
public sealed class Witness : IDisposable
{
    private const string Name = "vitrine-witness", Came = "came", Taken = "taken", Ours = "ours";
    private readonly NftSocket socket;
    private readonly NftOwnedTable table;
    private readonly NftTraceReader? trace;

    private Witness(NftSocket socket, NftOwnedTable table, NftTraceReader? trace) => (this.socket, this.table, this.trace) = (socket, table, trace);

    /// <param name="netns">where to stand</param>
    /// <param name="question">whose packets; its destination has an address</param>
    /// <param name="mark">they are known by, of <see cref="Probe.MarkOf"/>; 0 for nothing</param>
    /// <param name="traced">report rules</param>
    public static Witness Stand(NetnsHandle netns, Question question, ushort mark, bool traced)
    {
        var to = question.Destination.Address!;
        var v6 = to.AddressFamily == AddressFamily.InterNetworkV6;
        // A name of its own, so that two explanations at once do not take each other's away.
        var table = new NftTable(v6 ? NftFamily.Ip6 : NftFamily.Ip, $"{Name}-{Guid.NewGuid().ToString("N")[..8]}");
        var taken = Flow(table, Taken, question, v6);
        var spec = new NftTableSpec(table)
        {
            Comment = $"vitrine explain: {question}",
            Chains = [new NftChain(table, Taken) { Hook = NftHook.Input, Priority = NftPriority.Filter }],
            Rules = [Marked(taken, question, mark).Count() with { Comment = Ours }, taken.Count()],
        };
        if (traced)
            spec = spec with
            {
                Chains = spec.Chains.Add(new NftChain(table, Came) { Hook = NftHook.Prerouting, Priority = NftPriority.Raw }),
                Rules = spec.Rules.Add(Marked(Flow(table, Came, question, v6), question, mark).Trace()),
            };
        var reader = traced ? NftTraceReader.OpenIn(netns) : null;
        try
        {
            var socket = NftSocket.OpenIn(netns);
            return new Witness(socket, NftOwnedTable.Make(socket, spec), reader);
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    /// <summary>So many of the question's packets were taken in by the namespace itself, and so many of anybody's that look alike but for the mark.</summary>
    public (ulong Ours, ulong Anybodys) Count()
    {
        var rules = socket.ListRules(table.Table).Where(r => r.Chain == Taken).ToLookup(r => r.Comment == Ours, r => r.Packets ?? 0);
        return (rules[true].FirstOrDefault(), rules[false].FirstOrDefault());
    }

    /// <summary>Rules of other tables that decided something, with their comments, in order.</summary>
    public IReadOnlyList<string> Rules()
    {
        if (trace is null)
            return [];
        var said = new List<string>();
        foreach (var step in trace.Read().Where(s => s.RuleHandle is not null && s.Table != table.Table))
        {
            var rule = socket.ListRules(step.Table).FirstOrDefault(r => r.Handle == step.RuleHandle && r.Chain == step.Chain);
            said.Add($"table {step.Table}, chain {step.Chain}: {step.Verdict}{(rule?.Comment is { } comment ? $" \"{comment}\"" : "")}");
        }
        return [.. said.Distinct()];
    }

    public void Dispose()
    {
        table.Dispose();
        trace?.Dispose();
    }

    private static NftRule Marked(NftRule rule, Question question, ushort mark) => mark == 0 ? rule : question.Transport switch
    {
        Transport.Tcp => rule.Is(NftField.TcpSourcePort, NftValue.Port(mark)),
        Transport.Udp => rule.Is(NftField.UdpSourcePort, NftValue.Port(mark)),
        Transport.Icmp => rule.Is(question.Destination.Address!.AddressFamily == AddressFamily.InterNetworkV6 ? NftField.Icmp6Id : NftField.IcmpId, NftValue.Port(mark)),
        _ => rule,
    };

    private static NftRule Flow(NftTable table, string chain, Question question, bool v6)
    {
        var rule = new NftRule(table, chain).Is(v6 ? NftField.Ip6Destination : NftField.Ip4Destination, question.Destination.Address!);
        // Anybody else may come under another address than his own.
        if (question is { Source: { PodKey: not null, Address: { } from }, Destination.PodKey: not null })
            rule = rule.Is(v6 ? NftField.Ip6Source : NftField.Ip4Source, from);
        return question.Transport switch
        {
            Transport.Tcp => rule.Is(NftField.TcpDestinationPort, NftValue.Port(question.Port)),
            Transport.Udp => rule.Is(NftField.UdpDestinationPort, NftValue.Port(question.Port)),
            _ => rule.Is(NftField.L4Protocol, NftValue.Protocol((byte)(v6 ? 58 : 1))),
        };
    }
}
