using System.Net;
using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Gateways;
using Vitrine.Control.Services;

namespace Vitrine.Control;

/// <summary>
/// The controllers a foreign control plane lacks: doors and status of Ingresses and Gateways, addresses of LoadBalancer Services, the Service of the cluster's
/// DNS. Several may run; one leads. They watch no pods but the proxies', and no workloads.
/// </summary>
public sealed partial class NetworkControlLoop(NetworkControlOptions options, ILoggerFactory logs, TimeProvider time)
{
    public const string LeaseName = "vitrine-controller";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly ILogger logger = logs.CreateLogger("network-control");

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(Kubernetes client, CancellationToken ct) =>
        new LeaderLease(new ApiClient(client), options.LeaseNamespace, LeaseName, options.Identity, logger, time).RunAsync(stop => LeadAsync(client, stop), ct);

    private async Task LeadAsync(Kubernetes client, CancellationToken ct)
    {
        var slices = await ServesSlicesAsync(client, ct);
        var rounds = new ControllerRounds(logger, time);
        ClusterWatch? cluster = null;
        var workloads = new WorkloadWatch(client, () => cluster!.Current, logger, time);
        cluster = new ClusterWatch(client, logger, time, nodes: workloads.Nodes, namespaces: workloads.Namespaces);
        var api = new ApiClient(client);
        var events = new EventRecorder(api, time);
        var gatewayApi = new GatewayApiWatch(client, workloads.Again, reason => rounds.Failed("gateway", reason), time);
        await using var gateways = new GatewayController(client, api, events, gatewayApi, workloads.Again, reason => rounds.Failed("gateway", reason), time, slices);
        await Task.WhenAll(
        [
            cluster.RunNetworkAsync(ct),
            workloads.RunNetworkAsync(slices, options.Proxies, ct),
            Restart.RunAsync("events", events.RunAsync, logger, time, ct),
            .. options.Gateways ? [gatewayApi.RunAsync(ct), rounds.RunAsync(gateways, workloads, ct)] : Array.Empty<Task>(),
            .. options.LoadBalancerPools.Count > 0 ? [rounds.RunAsync(new BalancerController(api, events, options.LoadBalancerPools, []), workloads, ct)] : Array.Empty<Task>(),
            .. options.DnsAddresses.Count > 0
                ? [Restart.RunAsync("kube-dns-service", new DnsServiceController(api, options.DnsAddresses, time).RunAsync, logger, time, ct)] : Array.Empty<Task>(),
        ]);
    }

    private async Task<bool> ServesSlicesAsync(Kubernetes client, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, "apis/discovery.k8s.io/v1"), ct);
                if (answer.StatusCode == HttpStatusCode.NotFound)
                {
                    return false;
                }

                answer.EnsureSuccessStatusCode();
                return true;
            }
            catch (HttpRequestException e)
            {
                Failed(e.Message);
            }

            await Task.Delay(Retry, time, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "asking for discovery.k8s.io/v1: {reason}")]
    private partial void Failed(string reason);
}
