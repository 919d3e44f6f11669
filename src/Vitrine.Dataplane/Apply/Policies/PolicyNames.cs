using System.Security.Cryptography;
using System.Text;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>
/// Names of what policies come to in the kernel. They follow from the content, so that whoever starts anew finds what is there, and nothing has to be numbered.
/// </summary>
internal static class PolicyNames
{
    // 80 bits: two of one name would have to be looked for on purpose, and by the one whom it would hit.
    private const int DigestBytes = 10, MostName = 255, MostComment = 150;

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, DigestBytes));

    /// <summary>The sets of a peer group.</summary>
    public static string Group(string key) => $"peers-{Digest(key)}";

    /// <summary>A policy's counter of dropped packets: NetworkPolicy/ns/name/ingress.</summary>
    public static string Counter(string policy, PolicyDirection direction)
    {
        var name = $"{policy}/{Word(direction)}";
        return name.Length <= MostName ? name : $"{name[..(MostName - 40)]}.{Digest(name)}/{Word(direction)}";
    }

    public static string Word(PolicyDirection direction) => direction == PolicyDirection.Ingress ? "ingress" : "egress";

    /// <summary>A comment that fits beside what else is kept with a set.</summary>
    public static string Short(string comment) => comment.Length <= MostComment ? comment : $"{comment[..MostComment]}…";
}
