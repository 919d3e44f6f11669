using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Endpoints;

namespace Vitrine.Control.Services;

/// <summary>
/// The Service "kubernetes", by which pods find the API server, with its Endpoints and EndpointSlice: made, and made good again when
/// somebody changes them. Source: pkg/controlplane/controller/kubernetesservice.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="endpoints">Where the API server listens.</param>
/// <param name="clusterIP">First address of the first Service range.</param>
/// <param name="time">For the pace of the looks.</param>
internal sealed class ApiServiceController(ApiClient api, IReadOnlyList<IPEndPoint> endpoints, IPAddress clusterIP, TimeProvider time)
{
    /// <summary>Namespace and name of the Service.</summary>
    public const string Key = Namespace + "/" + Name;

    private const string Name = "kubernetes";
    private const string Namespace = "default";
    private const int Port = 443;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private IEnumerable<IPEndPoint> Own => endpoints.Where(e => e.AddressFamily == clusterIP.AddressFamily);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await LookAsync(ct);
            await Task.Delay(Every, time, ct);
        }
    }

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        await EnsureAsync(Resource.Services, Service(), static (there, wanted) =>
        {
            if (KubernetesJson.Serialize(there.Spec.Ports) == KubernetesJson.Serialize(wanted.Spec.Ports) && there.Spec.Type == "ClusterIP" && there.Spec.Selector is null or { Count: 0 })
            {
                return false;
            }

            (there.Spec.Ports, there.Spec.Type, there.Spec.Selector) = (wanted.Spec.Ports, "ClusterIP", null);
            return true;
        }, ct);
        await EnsureAsync(Resource.Endpoints, Endpoints(), static (there, wanted) =>
        {
            if (KubernetesJson.Serialize(there.Subsets) == KubernetesJson.Serialize(wanted.Subsets) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels))
            {
                return false;
            }

            (there.Subsets, there.Metadata.Labels) = (wanted.Subsets, wanted.Metadata.Labels);
            return true;
        }, ct);
        await EnsureAsync(Resource.EndpointSlices, Slice(), static (there, wanted) =>
        {
            if (SliceContent.PortKey(there.Ports) == SliceContent.PortKey(wanted.Ports) && there.Endpoints.Count == wanted.Endpoints.Count
                && there.Endpoints.Zip(wanted.Endpoints).All(p => SliceContent.Same(p.First, p.Second)) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels))
            {
                return false;
            }

            (there.Ports, there.Endpoints, there.Metadata.Labels) = (wanted.Ports, wanted.Endpoints, wanted.Metadata.Labels);
            return true;
        }, ct);
    }

    private async Task EnsureAsync<T>(Resource resource, T wanted, Func<T, T, bool> differs, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var there = await api.ReadAsync<T>(resource, Namespace, Name, ct);
            (there.ApiVersion, there.Kind) = (wanted.ApiVersion, wanted.Kind);
            if (differs(there, wanted))
            {
                await api.ReplaceAsync(resource, Namespace, Name, there, ct);
            }
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            await CreateAsync(resource, wanted, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // Somebody wrote in between, which is the next look's occasion.
        }
    }

    private async Task CreateAsync<T>(Resource resource, T wanted, CancellationToken ct)
    {
        try
        {
            await api.CreateAsync(resource, Namespace, wanted, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // There already, by another look of ours.
        }
    }

    private V1Service Service() => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = $"{clusterIP}",
            IpFamilyPolicy = "SingleStack",
            IpFamilies = [clusterIP.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4"],
            SessionAffinity = "None",
            Ports = [new V1ServicePort { Name = "https", Port = Port, Protocol = "TCP", TargetPort = Own.First().Port }],
        },
    };

    // Their slice is made here, not mirrored.
    private V1Endpoints Endpoints() => new()
    {
        ApiVersion = "v1",
        Kind = "Endpoints",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { [EndpointLabels.SkipMirror] = "true" } },
        Subsets = [new V1EndpointSubset { Addresses = [.. Own.Select(e => new V1EndpointAddress { Ip = $"{e.Address}" })], Ports = [new Corev1EndpointPort { Name = "https", Port = Own.First().Port, Protocol = "TCP" }] }],
    };

    private V1EndpointSlice Slice() => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = Namespace, Labels = new Dictionary<string, string> { [EndpointLabels.ServiceName] = Name } },
        AddressType = clusterIP.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Ports = [new Discoveryv1EndpointPort { Name = "https", Port = Own.First().Port, Protocol = "TCP" }],
        Endpoints = [.. Own.Select(e => new V1Endpoint { Addresses = [$"{e.Address}"], Conditions = new V1EndpointConditions { Ready = true } })],
    };
}
