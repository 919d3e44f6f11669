using System.Net;
using CsCheck;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Unit.Linux;

public sealed class NftWriterTests
{
    private static readonly NftTable Table = new(NftFamily.Inet, "t");

    [Fact]
    public void A_set_of_ranges_is_written_as_nft_writes_it()
    {
        var writer = new NetlinkMessageWriter();
        NftSetWriter.Write(writer, new NftSet(Table, "s", [NftType.Ip4Address]) { Interval = true }, 1);
        Assert.Equal(
            "0600010074000000" + "0600020073000000" + "0800030000000004" + "0800040000000007" + "0800050000000004" + "08000a0000000001" + "0a000d00000402000000" + "0000",
            Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void A_range_is_its_first_key_and_the_first_one_after_it()
    {
        var writer = new NetlinkMessageWriter();
        NftSetWriter.Write(writer, new NftSet(Table, "s", [NftType.Ip4Address]) { Interval = true }, NftElement.Of(IPNetwork.Parse("10.1.0.0/24")), withContent: true);
        Assert.Equal("100001800c000100080001000a010000" + "180001800c000100080001000a010100" + "0800030000000001", Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void Parts_of_a_concatenation_start_at_multiples_of_four_bytes()
    {
        Assert.Equal("060000001f900000", NftKey.Of(NftValue.Protocol(6), NftValue.Port(8080)).ToString());
        Assert.Equal(12u << 6 | 13u, NftType.NumberOf([NftType.Protocol, NftType.Port]));
        Assert.Equal(8, NftType.SizeOf([NftType.Protocol, NftType.Port]));
    }

    [Fact]
    public void Registers_have_the_numbers_of_the_kernels_dumps() =>
        Assert.Equal([1u, 9, 10, 11, 2, 13], Enumerable.Range(0, 6).Select(slot => new NftRegister(slot).Number));

    [Fact]
    public void A_field_of_ipv4_asks_for_ipv4_first_and_only_once_and_only_in_an_inet_table()
    {
        string[] Names(NftFamily family) => [.. new NftRule(new NftTable(family, "t"), "c")
            .In("a", NftField.Ip4Source).NotIn("b", NftField.Ip4Destination).Accept().Expressions.Select(e => e.Name)];
        Assert.Equal(["meta", "cmp", "payload", "lookup", "payload", "lookup", "immediate"], Names(NftFamily.Inet));
        Assert.Equal(["payload", "lookup", "payload", "lookup", "immediate"], Names(NftFamily.Ip));
    }

    [Fact]
    public void Ends_of_ranges_are_paired_again_in_whatever_order_they_come() =>
        Gen.Byte.Array[2, 20].Select(Gen.Int).Sample((bounds, seed) =>
        {
            var sorted = bounds.Distinct().Order().ToArray();
            var set = new NftSet(Table, "s", [NftType.Protocol]) { Interval = true };
            var wanted = sorted.Chunk(2).Where(c => c.Length == 2).Select(c => new NftElement(new NftKey([c[0]])) { Last = new NftKey([c[1]]) }).ToArray();
            var ends = wanted.SelectMany(e => e.Last!.Value.Next() is { } end ? new[] { (e with { Last = null }, false), (new NftElement(end), true) } : [(e with { Last = null }, false)]).ToArray();
            new Random(seed).Shuffle(ends);
            Assert.Equal(wanted, NftReader.Pair(set, ends));
        });

    [Fact]
    public void Random_dumps_are_read_to_an_end() => Gen.Byte.Array[4, 300].Sample(bytes =>
    {
        _ = (NftReader.Table(bytes), NftReader.Chain(bytes), NftReader.Rule(bytes), NftReader.Set(bytes), NftReader.Counter(bytes), NftReader.Elements(bytes), NftTraceReader.Step(bytes));
    });

    [Fact]
    public void A_comment_comes_back() => Gen.String.Sample(text =>
    {
        var comment = text.Replace("\0", "", StringComparison.Ordinal);
        var written = NftAnnotation.Comment(comment);
        Assert.True(written.Length <= 256);
        Assert.StartsWith(NftAnnotation.ReadComment(written)!, new string(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(comment))));
    });
}
