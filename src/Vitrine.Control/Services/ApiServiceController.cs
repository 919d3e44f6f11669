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
    public const string Key = ApiService.Namespace + "/" + ApiService.Name;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly ApiService own = new(endpoints, clusterIP);

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
        await EnsureAsync(Resource.Services, own.Service(), static (there, wanted) =>
        {
            if (Text(there.Spec.Ports) == Text(wanted.Spec.Ports) && there.Spec.Type == "ClusterIP" && there.Spec.Selector is null or { Count: 0 })
            {
                return false;
            }

            (there.Spec.Ports, there.Spec.Type, there.Spec.Selector) = (wanted.Spec.Ports, "ClusterIP", null);
            return true;
        }, ct);
        await EnsureAsync(Resource.Endpoints, own.Endpoints(), static (there, wanted) =>
        {
            if (Text(there.Subsets) == Text(wanted.Subsets) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels))
            {
                return false;
            }

            (there.Subsets, there.Metadata.Labels) = (wanted.Subsets, wanted.Metadata.Labels);
            return true;
        }, ct);
        await EnsureAsync(Resource.EndpointSlices, own.Slice(), static (there, wanted) =>
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

    // The client knows how to write objects, not the lists inside them.
    private static string Text(IList<V1ServicePort> ports) => KubernetesJson.Serialize(new V1ServiceSpec { Ports = ports });

    private static string Text(IList<V1EndpointSubset> subsets) => KubernetesJson.Serialize(new V1Endpoints { Subsets = subsets });

    private async Task EnsureAsync<T>(Resource resource, T wanted, Func<T, T, bool> differs, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            var there = await api.ReadAsync<T>(resource, ApiService.Namespace, ApiService.Name, ct);
            (there.ApiVersion, there.Kind) = (wanted.ApiVersion, wanted.Kind);
            if (differs(there, wanted))
            {
                await api.ReplaceAsync(resource, ApiService.Namespace, ApiService.Name, there, ct);
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
            await api.CreateAsync(resource, ApiService.Namespace, wanted, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // There already, by another look of ours.
        }
    }
}
