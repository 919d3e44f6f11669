using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Services;

/// <summary>
/// The Service "kube-dns", as people and conformance tests look for it; it also holds the DNS addresses, so that no other Service is given them. Every node answers
/// on them itself, so its label tells the Service proxy to leave it alone. Made while it is missing.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="addresses">The cluster's DNS addresses, one per family, the primary first.</param>
/// <param name="time">For the pace of the looks.</param>
internal sealed class DnsServiceController(ApiClient api, IReadOnlyList<IPAddress> addresses, TimeProvider time)
{
    private const string Name = "kube-dns";
    private const string Namespace = "kube-system";
    private const string ProxyLabel = "service.kubernetes.io/service-proxy-name", ProxyName = "vitrine-dns";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10), Soon = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var pause = Every;
            try
            {
                await LookAsync(ct);
            }
            catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                // The namespace is about to be made.
                pause = Soon;
            }

            await Task.Delay(pause, time, ct);
        }
    }

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await api.ReadAsync<V1Service>(Resource.Services, Namespace, Name, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            await api.CreateAsync(Resource.Services, Namespace, Service(addresses), ct);
        }
    }

    /// <summary>Made by this controller, and not the Service of a DNS that was there before.</summary>
    internal static bool IsOurs(V1Service service) => (service.Metadata.NamespaceProperty, service.Metadata.Name) == (Namespace, Name) && PodFacts.Label(service.Metadata, ProxyLabel) == ProxyName;

    internal static V1Service Service(IReadOnlyList<IPAddress> addresses) => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = new V1ObjectMeta
        {
            Name = Name,
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string>
            {
                ["k8s-app"] = Name,
                ["kubernetes.io/cluster-service"] = "true",
                ["kubernetes.io/name"] = "CoreDNS",
                [ProxyLabel] = ProxyName,
            },
        },
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = $"{addresses[0]}",
            ClusterIPs = [.. addresses.Select(a => $"{a}")],
            IpFamilyPolicy = addresses.Count > 1 ? "RequireDualStack" : "SingleStack",
            IpFamilies = [.. addresses.Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")],
            SessionAffinity = "None",
            Ports = [Port("dns", "UDP"), Port("dns-tcp", "TCP")],
        },
    };

    private static V1ServicePort Port(string name, string protocol) => new() { Name = name, Protocol = protocol, Port = 53, TargetPort = 53 };
}
