using System.Net.Sockets;
using Vitrine.Dataplane.Explain;
using Vitrine.Dataplane.Probes;
using Vitrine.Kernel.Cni;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Explain;
using Xunit;

namespace Vitrine.Kernel.Explain;

/// <summary>Whether the question's own packet arrived, at a pod whom others ask all the time.</summary>
public sealed class WitnessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(Transport.Tcp)]
    [InlineData(Transport.Udp)]
    [InlineData(Transport.Icmp)]
    public async Task Packets_of_others_are_not_taken_for_the_questions(Transport transport)
    {
        using var lab = Lab.With(1);
        var (client, other, server) = (lab.Nodes[0].AddPod("client"), lab.Nodes[0].AddPod("other"), lab.Nodes[0].AddPod("server"));
        lab.Apply();
        using var listener = Traffic.Listen(server.Netns, 80, transport == Transport.Udp ? ProtocolType.Udp : ProtocolType.Tcp);
        // As an endpoint of a Service is asked: under which address it will be seen nobody says.
        var question = new Question(new Place(Place.Pod(client.Pod.Key), null), new Place(Place.Pod(server.Pod.Key), server.V4), transport, transport == Transport.Icmp ? 0 : 80);
        var mark = Probe.MarkOf(question, client.Netns.Handle);
        Assert.NotEqual(0, mark);
        using (var witness = Witness.Stand(server.Netns.Handle, question, mark, traced: true))
        {
            await Probe.SendAsync(question, other.Netns.Handle, Patience, TimeProvider.System);
            Assert.Equal((false, true), (witness.Count().Ours > 0, witness.Count().Anybodys > 0));
            var answer = await Probe.SendAsync(question, client.Netns.Handle, Patience, TimeProvider.System, mark);
            Assert.Equal(transport == Transport.Udp ? ProbeAnswer.Silent : ProbeAnswer.Answered, answer!.Answer);
            Assert.True(witness.Count().Ours > 0);
        }

        using var nft = NftSocket.OpenIn(server.Netns.Handle);
        Assert.Empty(nft.ListTables());
    }
}
