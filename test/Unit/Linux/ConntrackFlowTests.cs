using CsCheck;
using Vitrine.Linux.Conntrack;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Unit.Linux;

public sealed class ConntrackFlowTests
{
    [Theory]
    [InlineData(3, true)]
    [InlineData(7, false)]
    public void A_flow_has_its_counters_of_both_ways_and_stands_while_it_is_established(byte state, bool stands)
    {
        var flow = ConntrackFlow.Read(Body(writer =>
        {
            Counters(writer, Ctnl.CTA_COUNTERS_ORIG, 2, 100);
            Counters(writer, Ctnl.CTA_COUNTERS_REPLY, 3, 4_000);
            var info = writer.BeginNest(Ctnl.CTA_PROTOINFO);
            var tcp = writer.BeginNest(Ctnl.CTA_PROTOINFO_TCP);
            writer.Attribute(Ctnl.CTA_PROTOINFO_TCP_STATE, state);
            writer.EndNest(tcp);
            writer.EndNest(info);
        }));
        Assert.Equal(new FlowCount(5, 4_100), flow.Counted);
        Assert.Equal(stands, flow.Stands);
    }

    [Fact]
    public void What_the_kernel_does_not_count_is_not_known() => Assert.Null(ConntrackFlow.Read(Body(_ => { })).Counted);

    [Fact]
    public void Random_attributes_are_read_to_an_end() => Gen.Byte.Array[4, 200].Sample(bytes => { ConntrackFlow.Read(bytes); });

    private static byte[] Body(Action<NetlinkMessageWriter> write)
    {
        var writer = new NetlinkMessageWriter();
        writer.Begin(16, 1, 7);
        writer.Reserve(Ctnl.NfgenmsgSize);
        write(writer);
        var reader = new NetlinkMessageReader(writer.Written);
        Assert.True(reader.Next());
        return reader.Body.ToArray();
    }

    private static void Counters(NetlinkMessageWriter writer, ushort type, ulong packets, ulong bytes)
    {
        var nest = writer.BeginNest(type);
        writer.AttributeBigEndian(Ctnl.CTA_COUNTERS_PACKETS, packets);
        writer.AttributeBigEndian(Ctnl.CTA_COUNTERS_BYTES, bytes);
        writer.EndNest(nest);
    }
}
