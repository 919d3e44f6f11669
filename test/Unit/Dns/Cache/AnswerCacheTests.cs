using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;
using Xunit;

namespace Vitrine.Unit.Dns.Cache;

public sealed class AnswerCacheTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void An_answer_is_good_for_its_time_and_stale_for_an_hour_more()
    {
        var cache = new AnswerCache(time);
        cache.Add(Key("a"), Answer(60));
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((true, 59), Find(cache, "a"));
        time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal((true, 3659), Find(cache, "a"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((false, 0), Find(cache, "a"));
    }

    [Fact]
    public void Its_room_is_bounded_and_what_is_used_stays()
    {
        var cache = new AnswerCache(time, bytes: 100_000);
        cache.Add(Key("used"), Answer(3600));
        for (var i = 0; i < 5000; i++)
        {
            cache.Add(Key($"n{i}"), Answer(3600));
            Assert.True(Find(cache, "used").Found, $"after {i}");
        }
        Assert.InRange(Enumerable.Range(0, 5000).Count(i => Find(cache, $"n{i}").Found), 50, 500);
    }

    [Fact]
    public void Flags_and_types_are_part_of_the_question()
    {
        var cache = new AnswerCache(time);
        cache.Add(Key("a"), Answer(60));
        Assert.Null(cache.Find(CacheKey.Write(new byte[CacheKey.MaxSize], WireName.Parse("a")!, 28, false, false), out _));
        Assert.Null(cache.Find(CacheKey.Write(new byte[CacheKey.MaxSize], WireName.Parse("a")!, 1, true, false), out _));
    }

    private static byte[] Key(string name) => CacheKey.Write(new byte[CacheKey.MaxSize], WireName.Parse(name)!, 1, false, false).ToArray();

    private CachedAnswer Answer(int seconds) => new(DnsRcode.NoError, [new ResourceRecord(WireName.Parse("a")!, 1, seconds, [192, 0, 2, 1])], [], seconds) { Received = time.GetTimestamp() };

    private static (bool Found, int Age) Find(AnswerCache cache, string name) => (cache.Find(Key(name), out var age) is not null, age);
}
