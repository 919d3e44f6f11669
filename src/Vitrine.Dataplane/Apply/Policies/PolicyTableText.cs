using System.Buffers.Binary;
using System.Net;
using System.Text;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>What is in the table, for people and for comparison: the pods, then the chains they lead to, then the groups of peers, each in a stable order.</summary>
internal static class PolicyTableText
{
    internal static string Write(PolicySkeleton skeleton, PolicyReading reading)
    {
        var text = new StringBuilder();
        var elements = reading.Sets.ToDictionary(s => s.Set.Name, s => s.Elements);
        foreach (var family in skeleton.Families)
        {
            foreach (var range in elements[family.OwnPods.Name].OrderBy(e => e.Key))
                text.Append($"own {Range(range)}\n");
            var (to, answersTo) = (elements[family.ToPods.Name].ToDictionary(e => e.Key), elements[family.AnswersToPods.Name].ToDictionary(e => e.Key));
            var answersFrom = elements[family.AnswersFromPods.Name].ToDictionary(e => e.Key);
            foreach (var pod in elements[family.FromPods.Name].OrderBy(e => e.Key))
                text.Append($"pod {pod.Comment} {Encoding.ASCII.GetString(pod.Key.Bytes[..16]).TrimEnd('\0')} {new IPAddress(pod.Key.Bytes[16..])}")
                    .Append($" egress {Chain(pod)} {Chain(answersTo.GetValueOrDefault(pod.Key))} ingress {Chain(to.GetValueOrDefault(pod.Key))} {Chain(answersFrom.GetValueOrDefault(pod.Key))}\n");
        }
        var constant = skeleton.Spec;
        var rules = reading.Rules.ToLookup(r => r.Chain, r => r.Comment);
        foreach (var chain in reading.Chains.Where(c => constant.Chains.All(k => k.Name != c.Name)).OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            text.Append($"{chain.Name}{Comment(chain.Comment)}\n");
            foreach (var port in elements.GetValueOrDefault($"{chain.Name}-ports", []).OrderBy(e => e.Key))
                text.Append($"  {NftValue.Protocol(port.Key.Bytes[0]).Text} {Port(port.Key)}-{Port(port.Last ?? port.Key)} {port.Verdict}\n");
            foreach (var comment in rules[chain.Name])
                text.Append($"  rule{Comment(comment)}\n");
        }
        foreach (var (set, members) in reading.Sets.Where(s => constant.Sets.All(k => k.Name != s.Set.Name) && !s.Set.ToVerdicts).OrderBy(s => s.Set.Name, StringComparer.Ordinal))
        {
            text.Append($"{set.Name}{Comment(set.Comment)}\n");
            foreach (var member in members.OrderBy(e => e.Key))
                text.Append($"  {Range(member)}{Comment(member.Comment)}\n");
        }
        foreach (var counter in reading.Counters.Select(c => c.Name).Order(StringComparer.Ordinal))
            text.Append($"counter {counter}\n");
        return text.ToString();
    }

    private static string Chain(NftElement? pod) => pod?.Verdict is not { } verdict ? "missing" : verdict.Chain ?? "open";

    private static string Comment(string? comment) => comment is null ? "" : $" # {comment}";

    private static string Range(NftElement element) =>
        element.Last is { } last && !last.Equals(element.Key) ? $"{new IPAddress(element.Key.Bytes)}-{new IPAddress(last.Bytes)}" : $"{new IPAddress(element.Key.Bytes)}";

    private static int Port(NftKey key) => BinaryPrimitives.ReadUInt16BigEndian(key.Bytes[4..]);
}
