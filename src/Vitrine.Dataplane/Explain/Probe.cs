using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;

namespace Vitrine.Dataplane.Explain;

/// <summary>Asks a question's question of the network itself: one real packet, from the source's own namespace.</summary>
public static class Probe
{
    private const int Headers4 = 28, Headers6 = 48;

    /// <summary>What to know the packet by: a source port that nobody uses in a namespace, or an echo's identifier; 0 for what has neither.</summary>
    public static ushort MarkOf(Question question, NetnsHandle from) => question.Transport switch
    {
        Transport.Icmp => EchoProbe.NextId(),
        Transport.Tcp => ProbeSocket.FreePort(from, Family(question), SocketType.Stream, ProtocolType.Tcp),
        Transport.Udp => ProbeSocket.FreePort(from, Family(question), SocketType.Dgram, ProtocolType.Udp),
        _ => 0,
    };

    /// <summary>Null for a transport nobody can send on this kernel.</summary>
    /// <param name="question">what to ask</param>
    /// <param name="from">namespace it is sent in</param>
    /// <param name="patience">how long to wait</param>
    /// <param name="time">the clock</param>
    /// <param name="mark">of <see cref="MarkOf"/>; 0: the kernel's choice</param>
    public static async Task<ProbeOutcome?> SendAsync(Question question, NetnsHandle from, TimeSpan patience, TimeProvider time, ushort mark = 0)
    {
        if (question.Destination.Address is not { } to)
            return null;
        var headers = to.AddressFamily == AddressFamily.InterNetworkV6 ? Headers6 : Headers4;
        var target = new IPEndPoint(to, question.Port);
        var source = mark == 0 ? null : new IPEndPoint(ProbeSocket.Any(to.AddressFamily).Address, mark);
        return question.Transport switch
        {
            Transport.Icmp => await EchoProbe.SendAsync(from, to, null, Math.Max(headers, question.Size), patience, time, mark).ConfigureAwait(false),
            Transport.Tcp => await TcpProbe.SendAsync(from, target, source, patience, time).ConfigureAwait(false),
            Transport.Udp => await UdpProbe.SendAsync(from, target, source, Math.Max(0, question.Size - headers), patience, time).ConfigureAwait(false),
            _ => null,
        };
    }

    /// <summary>The probe's word in the model's.</summary>
    public static Answer Answer(ProbeOutcome outcome) => outcome.Answer switch
    {
        ProbeAnswer.Answered => Model.Explain.Answer.Answered,
        ProbeAnswer.Refused => Model.Explain.Answer.Refused,
        ProbeAnswer.Unreachable => Model.Explain.Answer.Unreachable,
        ProbeAnswer.Prohibited => Model.Explain.Answer.Prohibited,
        ProbeAnswer.TooBig => Model.Explain.Answer.TooBig,
        _ => Model.Explain.Answer.Silent,
    };

    /// <summary>What was predicted and what was heard fit together. A datagram that arrived may go unanswered: most services answer only what they understand.</summary>
    public static bool Agrees(Explanation explanation, Answer heard, bool? arrived)
    {
        if (explanation.Expected.IsEmpty)
            return true;
        if (explanation is { Verdict: Verdict.Delivered, Question.Transport: Transport.Udp } && heard == Model.Explain.Answer.Silent)
            return arrived ?? true;
        return explanation.Expected.Contains(heard);
    }

    private static AddressFamily Family(Question question) => question.Destination.Address?.AddressFamily ?? AddressFamily.InterNetwork;
}
