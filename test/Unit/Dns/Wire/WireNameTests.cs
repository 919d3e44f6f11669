using CsCheck;
using Vitrine.Dns.Wire;
using Xunit;

namespace Vitrine.Unit.Dns.Wire;

public sealed class WireNameTests
{
    [Theory]
    [InlineData("a.example")]
    [InlineData("_http._tcp.web.default.svc.cluster.local")]
    public void A_name_comes_back_as_it_was(string name) => Assert.Equal($"{name}.", WireName.ToText(WireName.Parse(name)!));

    [Fact]
    public void The_root_is_a_name() => Assert.Equal(".", WireName.ToText(WireName.Parse(".")!));

    [Fact]
    public void Labels_have_63_bytes_and_names_255()
    {
        var label = new string('a', 63);
        Assert.NotNull(WireName.Parse($"{label}.{label}.{label}.{new string('b', 61)}"));
        Assert.Null(WireName.Parse($"{label}.{label}.{label}.{new string('b', 62)}"));
        Assert.Null(WireName.Parse($"{label}a.example"));
        Assert.Null(WireName.Parse("a..example"));
        Assert.Null(WireName.Parse(".example"));
    }

    [Fact]
    public void Lower_case_is_of_letters_alone() => Gen.Byte.Array[0, 255].Sample(bytes =>
    {
        var lower = new byte[bytes.Length];
        WireName.ToLower(bytes, lower);
        Assert.Equal(bytes.Select(b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b), lower);
    });

    [Fact]
    public void Pointers_are_followed_backwards_only()
    {
        byte[] message = [1, (byte)'A', 0, 1, (byte)'b', 0xc0, 0, 0xc0, 7, 0xc0, 3, 0xc0, 99, 0xc0];
        var name = new byte[255];
        Assert.Equal([1, (byte)'b', 1, (byte)'a', 0], name[..WireName.Expand(message, 3, name)]);
        Assert.Equal([1, (byte)'b', 1, (byte)'a', 0], name[..WireName.Expand(message, 9, name)]);
        Assert.Equal(-1, WireName.Expand(message, 7, name));
        Assert.Equal(-1, WireName.Expand(message, 11, name));
        Assert.Equal(-1, WireName.Expand(message, 13, name));
        Assert.Equal(-1, WireName.Expand(message, 50, name));
    }

    [Fact]
    public void A_suffix_is_one_only_at_a_label()
    {
        var zone = WireName.Parse("cluster.local")!;
        Assert.Equal(4, WireName.FindSuffix(WireName.Parse("svc.cluster.local")!, zone));
        Assert.Equal(0, WireName.FindSuffix(zone, zone));
        Assert.Equal(-1, WireName.FindSuffix(WireName.Parse("xcluster.local")!, zone));
        // A label that has the zone's very bytes in it, lengths included.
        byte[] trap = [15, (byte)'x', .. zone[..^1], 0];
        Assert.Equal(-1, WireName.FindSuffix(trap, zone));
    }
}
