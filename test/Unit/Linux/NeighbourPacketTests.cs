using System.Net;
using Vitrine.Linux.Neighbours;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Unit.Linux;

public sealed class NeighbourPacketTests
{
    private static readonly MacAddress Own = new(0x02_00_00_00_00_0a), Other = new(0x02_00_00_00_00_0b);

    [Fact]
    public void A_request_is_answered_to_the_one_who_asked()
    {
        // As arping(8) sends it.
        var request = Convert.FromHexString("ffffffffffff02000000000b08060001080006040001" + "02000000000b0a000101" + "0000000000000a0001c8");
        var asked = ArpPacket.ReadRequest(request)!.Value;
        Assert.Equal((IPAddress.Parse("10.0.1.200"), IPAddress.Parse("10.0.1.1"), Other), asked);
        Assert.Equal("02000000000b02000000000a08060001080006040002" + "02000000000a0a0001c8" + "02000000000b0a000101",
            Convert.ToHexStringLower(ArpPacket.Answer(asked.Target, Own, asked.Sender, asked.SenderMac)));
        Assert.Null(ArpPacket.ReadRequest(ArpPacket.Answer(asked.Target, Own, asked.Sender, asked.SenderMac)));
        Assert.Null(ArpPacket.ReadRequest(request.AsSpan(..^1)));
    }

    [Fact]
    public void A_solicitation_from_beyond_a_router_is_none()
    {
        var frame = new byte[78];
        frame[12] = 0x86;
        frame[13] = 0xdd;
        frame[20] = 58;
        frame[21] = 255;
        frame[54] = 135;
        Assert.NotNull(NeighbourPacket.ReadSolicitation(frame));
        frame[21] = 254;
        Assert.Null(NeighbourPacket.ReadSolicitation(frame));
    }

    [Fact]
    public void An_advertisement_bears_the_sum_the_kernel_computes()
    {
        var frame = NeighbourPacket.Answer(IPAddress.Parse("fd00:1::200"), Own, IPAddress.Parse("fe80::1"), Other);
        // Summed with its checksum over pseudo header and message, a right packet gives all ones (RFC 1071).
        var sum = (uint)(32 + 58);
        for (var i = 22; i < frame.Length; i += 2)
            sum += (uint)(frame[i] << 8 | frame[i + 1]);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        Assert.Equal(0xffffu, sum);
        Assert.Equal(0x60, frame[58]);
        // Who checks whether its own address is taken has none to be answered at: all are told.
        Assert.Equal(IPAddress.Parse("ff02::1"), new IPAddress(NeighbourPacket.Answer(IPAddress.Parse("fd00:1::200"), Own, IPAddress.IPv6Any, Other).AsSpan(38, 16)));
        Assert.Equal(new MacAddress(0x3333_ff00_0200), NeighbourPacket.SolicitedNode(IPAddress.Parse("fd00:1::200")));
    }
}
