using CsCheck;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Unit.Linux;

public sealed class NetlinkMessageTests
{
    [Fact]
    public void Messages_written_are_read_back_with_their_attributes()
    {
        var writer = new NetlinkMessageWriter();
        writer.Begin(16, 1, 7);
        writer.Reserve(16);
        writer.Attribute(3, "eth0");
        var nest = writer.BeginNest(18);
        writer.Attribute(1, (byte)9);
        writer.EndNest(nest);
        writer.Begin(17, 1, 8);
        writer.AcknowledgeLast();

        var reader = new NetlinkMessageReader(writer.Written);
        Assert.True(reader.Next());
        Assert.Equal((16, 1, 7u), (reader.Type, reader.Flags, reader.Sequence));
        var attributes = new AttributeReader(reader.Body[16..]);
        Assert.True(attributes.Next());
        Assert.Equal("eth0", attributes.String);
        Assert.True(attributes.Next());
        Assert.Equal(18, attributes.Type);
        var inner = new AttributeReader(attributes.Value);
        Assert.True(inner.Next());
        Assert.Equal(9, inner.Value[0]);
        Assert.False(attributes.Next());
        Assert.True(reader.Next());
        Assert.Equal((17, 5), (reader.Type, reader.Flags));
        Assert.False(reader.Next());
    }

    [Fact]
    public void Random_bytes_are_walked_to_an_end() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        var reader = new NetlinkMessageReader(bytes);
        while (reader.Next())
        {
            var attributes = new AttributeReader(reader.Body);
            while (attributes.Next())
                _ = (attributes.UInt32, attributes.String, attributes.Address);
        }
    });

    [Fact]
    public void A_mac_reads_as_it_is_written() => Gen.ULong[0, (1UL << 48) - 1].Sample(value =>
        MacAddress.TryParse(new MacAddress(value).ToString(), out var again) && again.Value == value);
}
