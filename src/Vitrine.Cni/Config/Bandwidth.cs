namespace Vitrine.Cni.Config;

/// <summary>The <c>bandwidth</c> capability: rates in bits per second, bursts in bits; 0 for no limit. Ingress is what goes to the pod.</summary>
internal sealed record Bandwidth(ulong IngressRate, ulong IngressBurst, ulong EgressRate, ulong EgressBurst)
{
    /// <summary>
    /// containerd knows no burst and sends the largest number of 32 bits, half a gigabyte: nothing but a long download would ever feel the limit.
    /// From here on a burst counts as not given.
    /// </summary>
    internal const ulong Unlimited = uint.MaxValue;
}
