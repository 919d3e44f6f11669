using Vitrine.Dns.Cache;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Wire;
using Xunit;

namespace Vitrine.Unit.Dns.Forward;

public sealed class BailiwickTests
{
    [Fact]
    public void The_chain_from_the_question_is_kept_and_nothing_beside_it()
    {
        var kept = Keep("a.example", 0, [Alias("a.example", "b.example"), A("b.example", 1, 50), A("c.example", 2, 1), A("a.example.evil", 3, 1)]);
        Assert.Equal(["a.example.", "b.example."], kept!.Answers.Select(r => WireName.ToText(r.Owner)));
        Assert.Equal(50, kept.Seconds);
    }

    [Fact]
    public void A_circle_of_aliases_ends() =>
        Assert.InRange(Keep("a.example", 0, [Alias("a.example", "b.example"), Alias("b.example", "a.example")])!.Answers.Count, 1, 4);

    [Fact]
    public void A_denial_is_as_good_as_its_SOA_if_that_is_of_the_name()
    {
        Assert.Equal(30, Keep("a.example", 3, [], [Soa("example", 600, 30)])!.Seconds);
        Assert.Equal(20, Keep("a.example", 3, [], [Soa("example", 20, 600)])!.Seconds);
        Assert.Equal(300, Keep("a.example", 3, [], [Soa("example", 86400, 86400)])!.Seconds);
        var foreign = Keep("a.example", 3, [], [Soa("evil.example", 600, 30)])!;
        Assert.Equal(0, foreign.Seconds);
        Assert.Empty(foreign.Authorities);
    }

    [Fact]
    public void A_referral_is_no_answer() => Assert.Null(Keep("a.example", 0, [], [("example", 2, 60, WireName.Parse("ns.example")!)]));

    private static CachedAnswer? Keep(string name, int rcode, (string, ushort, int, byte[])[] answers, (string, ushort, int, byte[])[]? authorities = null)
    {
        byte[] question = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Parse(name)!, 0, 1, 0, 1];
        var message = new List<byte>(question);
        (message[2], message[3], message[7], message[9]) = (0x81, (byte)(0x80 | rcode), (byte)answers.Length, (byte)(authorities?.Length ?? 0));
        foreach (var (owner, type, seconds, content) in answers.Concat(authorities ?? []))
            message.AddRange([.. WireName.Parse(owner)!, (byte)(type >> 8), (byte)type, 0, 1, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds, 0, (byte)content.Length, .. content]);
        return Bailiwick.Keep(ReplyReader.Read([.. message], question)!, WireName.Parse(name)!, 1, false);
    }

    private static (string, ushort, int, byte[]) A(string owner, byte last, int seconds) => (owner, 1, seconds, [192, 0, 2, last]);

    private static (string, ushort, int, byte[]) Alias(string owner, string target) => (owner, 5, 60, WireName.Parse(target)!);

    private static (string, ushort, int, byte[]) Soa(string zone, int seconds, int minimum) =>
        (zone, 6, seconds, [.. WireName.Parse($"ns.{zone}")!, .. WireName.Parse($"root.{zone}")!, .. new byte[16], (byte)(minimum >> 24), (byte)(minimum >> 16), (byte)(minimum >> 8), (byte)minimum]);
}
