using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Certificates;
using Vitrine.Control.Daemons;
using Vitrine.Control.Deployments;
using Vitrine.Control.Disruption;
using Vitrine.Control.Endpoints;
using Vitrine.Control.Garbage;
using Vitrine.Control.Gateways;
using Vitrine.Control.Jobs;
using Vitrine.Control.Nodes;
using Vitrine.Control.Policies;
using Vitrine.Control.Replicas;
using Vitrine.Control.Services;
using Vitrine.Control.Stateful;

namespace Vitrine.Control;

/// <summary>
/// All controllers of the control plane: one watch of each kind, one snapshot, and per controller a plan of what is missing and
/// the writes that mend it. Each controller's file shows its plan and its writes.
/// </summary>
public sealed class ControlLoop(ControlOptions options, ILoggerFactory logs, TimeProvider time)
{
    private readonly ILogger logger = logs.CreateLogger("control");

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig);
        using var client = new Kubernetes(config);
        await RunAsync(client, ct);
    }

    /// <summary>The same with a client at hand; runs until cancelled.</summary>
    internal async Task RunAsync(Kubernetes client, CancellationToken ct)
    {
        var rounds = new ControllerRounds(logger, time);
        ClusterWatch? cluster = null;
        var workloads = new WorkloadWatch(client, () => cluster!.Current, logger, time);
        var api = new ApiClient(client);
        var apiService = options.ApiEndpoints.Count > 0 ? new ApiServiceController(api, options.ApiEndpoints, options.ApiServiceAddresses[0], time) : null;
        var endpoints = new EndpointsLoop(client, new ApiClient(client), apiService is null ? null : apiService.LookAsync, logger, time);
        workloads.ServicesChanged = endpoints.Services;
        cluster = new ClusterWatch(
            client, logger, time,
            c =>
            {
                // Before the pod is trimmed for those who read less of it.
                endpoints.Pods(c);
                workloads.Pods(c);
            },
            c =>
            {
                endpoints.Nodes(c);
                workloads.Nodes(c);
            },
            workloads.Namespaces);
        var events = new EventRecorder(api, time);
        var gatewayApi = new GatewayApiWatch(client, workloads.Again, reason => rounds.Failed("gateway", reason), time);
        await using var gateways = new GatewayController(client, api, events, gatewayApi, workloads.Again, reason => rounds.Failed("gateway", reason), time);
        IController[] controllers =
        [
            new NamespaceController(client),
            new ServiceAccountController(client),
            new RootCaController(client, options.RootCaPem),
            new NodeIpamController(client, options.ClusterCidrs, time),
        ];
        IWorkloadController[] workloadControllers =
        [
            new Scheduler(api, events, time),
            new ReplicationControllerController(api, events, logger, time),
            new ReplicaSetController(api, events, logger, time),
            new DeploymentController(api, events, logger, time),
            new DaemonSetController(api, events, logger, time),
            new StatefulSetController(api, events, logger, time),
            new JobController(api, events, logger, time),
            new CronJobController(api, events, logger, time),
            new BalancerController(api, events, options.LoadBalancerPools, [.. options.ApiEndpoints.Select(e => e.Address)]),
            gateways,
            new PolicyController(events, time),
            new DisruptionController(api, logger, time),
            .. options.Authority is { } authority ? new IWorkloadController[] { new CertificateController(api, authority, logger, time) } : [],
            new NodeLifecycleController(api, events, options.NodeMonitorGracePeriod, logger, time),
            new PodGcController(api, options.NodeMonitorGracePeriod, options.TerminatedPodThreshold, time),
        ];
        await Task.WhenAll(
        [
            cluster.RunAsync(ct),
            endpoints.RunAsync(ct),
            .. apiService is not null ? [RestartAsync("kubernetes-service", apiService.RunAsync, ct)] : Array.Empty<Task>(),
            .. options.DnsAddresses.Count > 0 ? [RestartAsync("kube-dns-service", new DnsServiceController(api, options.DnsAddresses, time).RunAsync, ct)] : Array.Empty<Task>(),
            workloads.RunAsync(ct),
            gatewayApi.RunAsync(ct),
            RestartAsync("events", events.RunAsync, ct),
            RestartAsync("garbage-collector", new GarbageLoop(client, api, logger, time).RunAsync, ct),
            .. controllers.Select(c => rounds.RunAsync(c, cluster, ct)),
            .. workloadControllers.Select(c => rounds.RunAsync(c, workloads, ct)),
        ]);
    }

    private Task RestartAsync(string what, Func<CancellationToken, Task> loop, CancellationToken ct) => Restart.RunAsync(what, loop, logger, time, ct);
}
