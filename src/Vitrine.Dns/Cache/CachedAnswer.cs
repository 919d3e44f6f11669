using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Cache;

/// <summary>What an upstream said.</summary>
/// <param name="Rcode">NoError or NXDomain; ServFail where nobody gave an answer.</param>
/// <param name="Answers">The chain of aliases and what is at its end.</param>
/// <param name="Authorities">The SOA of a denial, and its proofs where they were asked for.</param>
/// <param name="Seconds">How long it is good; 0: for those who asked, and no others.</param>
internal sealed record CachedAnswer(DnsRcode Rcode, IReadOnlyList<ResourceRecord> Answers, IReadOnlyList<ResourceRecord> Authorities, int Seconds)
{
    /// <summary>RFC 8767 §5: what is stale is given out for half a minute.</summary>
    private const int StaleSeconds = 30;

    /// <summary>Of the TimeProvider, when it was received.</summary>
    public long Received { get; init; }

    public int Bytes => 200 + Answers.Concat(Authorities).Sum(r => 120 + r.Owner.Length + r.Content.Length);

    public static CachedAnswer Failed(int seconds) => new(DnsRcode.ServFail, [], [], seconds);

    /// <summary>Appends all of it.</summary>
    /// <param name="writer">Of the answer.</param>
    /// <param name="age">Whole seconds since it was received: so much less the client may keep it.</param>
    public void AppendTo(ref MessageWriter writer, int age)
    {
        for (var i = 0; i < Answers.Count; i++)
            if (!Append(ref writer, Answers[i], age, false))
            {
                writer.Cut();
                return;
            }
        for (var i = 0; i < Authorities.Count; i++)
            if (!Append(ref writer, Authorities[i], age, true))
                return;
    }

    private bool Append(ref MessageWriter writer, ResourceRecord record, int age, bool authority) =>
        writer.TryRecord(record.Owner, record.Type, age >= Seconds ? StaleSeconds : Math.Max(0, record.Seconds - age), record.Content, authority);
}
