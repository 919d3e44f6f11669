using System.Buffers.Binary;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Forward;

/// <summary>
/// What of a reply answers the question: the chain of aliases that begins at its name, what is at the end, and the SOA of a denial. All else —
/// other names' records, referrals, the additional section — is dropped unseen, so that nobody can slip an answer in to a question that was not asked.
/// </summary>
internal static class Bailiwick
{
    private const int LongestChain = 16, LongestSeconds = 3600, LongestDenial = 300;

    /// <returns>null when the reply says nothing about the question: a referral</returns>
    public static CachedAnswer? Keep(ReplyReader reply, byte[] name, ushort type, bool dnssecOk)
    {
        var answers = new List<ResourceRecord>();
        var end = name;
        for (var hops = 0; hops <= LongestChain; hops++)
        {
            var current = end;
            answers.AddRange(reply.Answers.Where(r => r.Owner.AsSpan().SequenceEqual(current) && (r.Type == type || dnssecOk && r.Type == DnsFormat.TypeRrsig)));
            if (answers.Exists(r => r.Type == type && r.Owner.AsSpan().SequenceEqual(current))
                || reply.Answers.Find(r => r.Type == (ushort)DnsType.CNAME && r.Owner.AsSpan().SequenceEqual(current)) is not { } alias
                || answers.Exists(r => r.Type == (ushort)DnsType.CNAME && r.Owner.AsSpan().SequenceEqual(current)))
                break;
            answers.Add(alias);
            end = alias.Content;
        }
        var found = answers.Exists(r => r.Type == type);
        var authorities = found ? [] : reply.Authorities.Where(r => IsDenial(r, end, dnssecOk)).ToList();
        if (!found && reply.Rcode == DnsRcode.NoError && answers.Count == 0 && authorities.Count == 0 && reply.Authorities.Count > 0)
            return null;
        return new CachedAnswer(reply.Rcode, answers, authorities, Seconds(answers, authorities, found));
    }

    private static bool IsDenial(ResourceRecord record, ReadOnlySpan<byte> name, bool dnssecOk) =>
        record.Type == (ushort)DnsType.SOA ? WireName.FindSuffix(name, record.Owner) >= 0
        : dnssecOk && record.Type is DnsFormat.TypeNsec or DnsFormat.TypeNsec3 or DnsFormat.TypeRrsig;

    /// <summary>A denial without an SOA is not remembered (RFC 2308 §5).</summary>
    private static int Seconds(List<ResourceRecord> answers, List<ResourceRecord> authorities, bool found)
    {
        var chain = answers.Count == 0 ? LongestSeconds : Math.Min(LongestSeconds, answers.Min(r => r.Seconds));
        if (found)
            return chain;
        return authorities.Find(r => r.Type == (ushort)DnsType.SOA) is { } soa
            ? Math.Min(chain, Math.Min(LongestDenial, Math.Min(soa.Seconds, Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(soa.Content.AsSpan(^4))))))
            : 0;
    }
}
