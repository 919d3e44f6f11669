using Vitrine.Cni.Config;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Shaping;

/// <summary>
/// Bandwidth limits of one pod, both on the host where the pod cannot reach them: a token bucket on the veth for what goes to it; what it sends is
/// redirected to an ifb of its own, with a bucket there, since a link can queue only what it sends.
/// </summary>
internal static class PodLimits
{
    // As the reference plugin has it: longer, and a full queue delays everything; shorter, and TCP does not reach the rate.
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(25);
    private const int EthernetHeader = 18;

    internal static void Apply(RtnetlinkSocket host, Link link, Bandwidth bandwidth, string ifb, string alias)
    {
        if (bandwidth.IngressRate > 0)
            host.Batch().ReplaceTokenBucket(link.Index, Limit(bandwidth.IngressRate, bandwidth.IngressBurst, link.Mtu)).Send();
        if (bandwidth.EgressRate > 0)
            LimitEgress(host, link, bandwidth, ifb, alias);
    }

    /// <summary>What is missing, in words, or null.</summary>
    internal static string? Missing(RtnetlinkSocket host, Link link, Bandwidth bandwidth, string ifb)
    {
        var qdiscs = host.ListQdiscs();
        bool Has(int index, ulong rate) => qdiscs.Any(q => q.LinkIndex == index && q.Kind == "tbf" && q.BytesPerSecond == rate / 8);
        if (bandwidth.IngressRate > 0 && !Has(link.Index, bandwidth.IngressRate))
            return $"limit of {bandwidth.IngressRate} bits/s to the pod on {link.Name}";
        if (bandwidth.EgressRate > 0 && !(host.FindLink(ifb) is { IsUp: true } block && Has(block.Index, bandwidth.EgressRate) && qdiscs.Any(q => q.LinkIndex == link.Index && q.Kind == "ingress")))
            return $"limit of {bandwidth.EgressRate} bits/s from the pod on {ifb}";
        return null;
    }

    private static void LimitEgress(RtnetlinkSocket host, Link link, Bandwidth bandwidth, string ifb, string alias)
    {
        Create(host, ifb, link.Mtu, alias);
        var block = host.GetLink(ifb);
        try
        {
            host.Batch().ReplaceTokenBucket(block.Index, Limit(bandwidth.EgressRate, bandwidth.EgressBurst, link.Mtu)).RedirectReceived(link.Index, block.Index).Send();
        }
        catch (LinuxException)
        {
            host.TryDeleteLink(ifb);
            throw;
        }
    }

    private static void Create(RtnetlinkSocket host, string ifb, int mtu, string alias)
    {
        for (var retry = true; ; retry = false)
            try
            {
                host.Batch().CreateIfb(ifb, mtu).SetLink(ifb, new LinkChange { Up = true, Alias = alias }).Send();
                return;
            }
            catch (NetlinkException e) when (e.Errno == Errno.EEXIST && retry)
            {
                // Of an earlier life of this attachment, whose veth went with its namespace.
                host.TryDeleteLink(ifb);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EOPNOTSUPP)
            {
                throw new CniException(ErrorCode.KernelRefused, "this kernel cannot limit what a pod sends", $"it has no ifb ({e.Message}); load the module ifb, or leave egressRate out");
            }
    }

    private static RateLimit Limit(ulong bits, ulong burstBits, int mtu)
    {
        var rate = bits / 8;
        // A tenth of a second's worth where the runtime left the burst open.
        var burst = burstBits >= Bandwidth.Unlimited ? rate / 10 : burstBits / 8;
        return new RateLimit(rate, (uint)Math.Clamp(burst, (ulong)(mtu + EthernetHeader), uint.MaxValue / 2), Latency);
    }
}
