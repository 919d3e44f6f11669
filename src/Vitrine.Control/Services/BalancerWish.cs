using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Pods;
using Vitrine.Model.Plans;

namespace Vitrine.Control.Services;

/// <summary>Which addresses a LoadBalancer Service asks for.</summary>
/// <param name="Families">One address of each, in this order.</param>
/// <param name="Needed">How many of them it cannot do without.</param>
/// <param name="Addresses">Asked for by name; empty for any.</param>
/// <param name="Pool">Name of the pool to take from, or empty.</param>
/// <param name="Fault">Why the wish cannot be read, or null.</param>
internal sealed record BalancerWish(IReadOnlyList<AddressFamily> Families, int Needed, IReadOnlyList<IPAddress> Addresses, string Pool, string? Fault)
{
    /// <summary>Of spec.loadBalancerClass; ours, besides none.</summary>
    public const string Class = "vitrine.dev/lb";

    public const string PoolAnnotation = "vitrine.dev/lb-pool";

    /// <summary>MetalLB's names for it, which users know; the second is the older one.</summary>
    public static readonly string[] AddressAnnotations = ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"];

    public static bool IsOurs(V1Service service) => service.Spec is { Type: "LoadBalancer", LoadBalancerClass: null or "" or Class };

    public static BalancerWish Read(V1Service service)
    {
        var families = (service.Spec.IpFamilies ?? ["IPv4"]).Select(f => f == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork).ToArray();
        var needed = service.Spec.IpFamilyPolicy == "RequireDualStack" ? families.Length : 1;
        var pool = PodFacts.Annotation(service.Metadata, PoolAnnotation);
        var (source, text) = AddressAnnotations.Select(a => ($"annotation {a}", PodFacts.Annotation(service.Metadata, a))).Append(("spec.loadBalancerIP", service.Spec.LoadBalancerIP ?? "")).FirstOrDefault(s => s.Item2.Length > 0);
        var addresses = new List<IPAddress>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IPAddress.TryParse(part, out var address))
            {
                return new(families, needed, [], pool, $"{source}: \"{part}\" is not an address");
            }

            if (!families.Contains(address.AddressFamily) || addresses.Any(a => a.AddressFamily == address.AddressFamily))
            {
                return new(families, needed, [], pool, $"{source}: {part} does not fit the Service's ipFamilies [{string.Join(", ", service.Spec.IpFamilies ?? [])}], one address of each");
            }

            addresses.Add(address);
        }

        return new(families, needed, addresses, pool, null);
    }
}
