using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Cache;

/// <summary>
/// What upstreams said, in two generations: when the younger is full the older goes, and what is asked for moves to the younger. So the room is bounded and what is used stays.
/// Answers past their time are kept for <see cref="Stale"/>, for when no upstream answers (RFC 8767).
/// </summary>
internal sealed class AnswerCache(TimeProvider time, int bytes = AnswerCache.DefaultBytes)
{
    public const int DefaultBytes = 8 * 1024 * 1024;

    public static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private Dictionary<byte[], CachedAnswer> young = new(CacheKey.Comparer), old = new(CacheKey.Comparer);
    private int youngBytes;

    /// <summary>Answers, when there is one that is still good.</summary>
    public DnsRcode? TryAnswer(ref MessageWriter writer, ReadOnlySpan<byte> name, in Query query)
    {
        Span<byte> key = stackalloc byte[CacheKey.MaxSize];
        if (Find(CacheKey.Write(key, name, query.Type, query.DnssecOk, query.CheckingDisabled), out var age) is not { } answer || age >= answer.Seconds)
            return null;
        answer.AppendTo(ref writer, age);
        return answer.Rcode;
    }

    /// <summary>The answer however old, unless even a stale one is too old.</summary>
    /// <param name="key">Of <see cref="CacheKey"/>.</param>
    /// <param name="age">Whole seconds.</param>
    public CachedAnswer? Find(ReadOnlySpan<byte> key, out int age)
    {
        age = 0;
        lock (gate)
        {
            if (!young.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var answer))
            {
                if (!old.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out answer))
                    return null;
                Keep(key.ToArray(), answer);
            }
            var since = time.GetElapsedTime(answer.Received);
            if (since > Stale + TimeSpan.FromSeconds(answer.Seconds))
                return null;
            age = (int)since.TotalSeconds;
            return answer;
        }
    }

    public void Add(byte[] key, CachedAnswer answer)
    {
        lock (gate)
            Keep(key, answer);
    }

    private void Keep(byte[] key, CachedAnswer answer)
    {
        // Half for each generation.
        if (youngBytes > bytes / 2)
        {
            (old, young) = (young, new Dictionary<byte[], CachedAnswer>(CacheKey.Comparer));
            youngBytes = 0;
        }
        young[key] = answer;
        youngBytes += key.Length + answer.Bytes;
    }
}
