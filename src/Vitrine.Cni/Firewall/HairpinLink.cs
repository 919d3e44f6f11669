using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>The link by which packets of a pod that are rewritten to the pod itself leave and come back: its veth, or the bridge it shares with others.</summary>
internal sealed record HairpinLink(string Name, bool IsBridge)
{
    /// <summary>A bridge's entry is for all pods on it: it names none of them, and so nobody takes it away.</summary>
    internal NftElement Element(EntryOwner owner) =>
        NftElement.Of(NftValue.InterfaceName(Name), NftValue.InterfaceName(Name)) with { Comment = IsBridge ? "bridge" : owner.ToString() };
}
