using System.Text;
using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Wiring;

/// <summary>
/// The host side of an attachment, derived from its identity alone: DEL, CHECK and GC find it without a file, even after an ADD that was killed
/// half way.
/// </summary>
internal sealed record HostLink(string Name, MacAddress Mac, MacAddress PodMac)
{
    /// <summary>Links on their way out. Deleting a veth takes the kernel 16–24 ms; a whole group costs hardly more than one.</summary>
    internal const uint DeletionGroup = 0x76747264;

    internal const string Prefix = "vtr", IfbPrefix = "vtb";
    private const int HashDigits = 11, MaxAlias = 255;

    /// <summary>The ifb that limits what the pod sends, when it is limited.</summary>
    internal string Ifb => IfbPrefix + Name[Prefix.Length..];

    /// <summary>The attachment's name where another plugin made the link: no link of ours, but owner of entries; and its ifb, which no link of ours outlives.</summary>
    internal string ChainedName => "vtc" + Name[Prefix.Length..];

    internal string ChainedIfb => "vtd" + Name[Prefix.Length..];

    internal static HostLink Of(string network, Attachment attachment)
    {
        var hash = Mix(Fnv1a($"{network}/{attachment.ContainerId}/{attachment.InterfaceName}"));
        Span<char> name = stackalloc char[Prefix.Length + HashDigits];
        Prefix.CopyTo(name);
        for (var i = 0; i < HashDigits; i++)
            name[Prefix.Length + i] = "abcdefghijklmnopqrstuvwxyz234567"[(int)(hash >> 5 * i & 31)];
        return new HostLink(new string(name), MacAddress.LocallyAdministered(Mix(hash + 1)), MacAddress.LocallyAdministered(Mix(hash + 2)));
    }

    /// <summary>
    /// What <c>ip link</c> shows: whose link this is. GC knows its network's links by the start; policies know the pod by its uid, since one made again has
    /// the same name, and a long name may be cut.
    /// </summary>
    internal static string Alias(string network, PluginCall call)
    {
        var alias = $"{AliasStart(network)}{call.ContainerId} {call.InterfaceName}{(call.PodUid is null ? "" : " " + call.PodUid)}{(call.Pod is null ? "" : " " + call.Pod)}";
        return alias.Length <= MaxAlias ? alias : alias[..MaxAlias];
    }

    internal static string AliasStart(string network) => $"vitrine {network} ";

    private static ulong Fnv1a(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }

    /// <summary>The finalizer of MurmurHash3: FNV alone leaves the high bits of similar ids similar.</summary>
    private static ulong Mix(ulong h)
    {
        h = (h ^ h >> 33) * 0xff51afd7ed558ccdUL;
        h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53UL;
        return h ^ h >> 33;
    }
}
