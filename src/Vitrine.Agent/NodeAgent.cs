using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Containerd;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Events;
using Vitrine.Agent.Eviction;
using Vitrine.Agent.Images;
using Vitrine.Agent.Node;
using Vitrine.Agent.Logs;
using Vitrine.Agent.Pods;
using Vitrine.Agent.Static;
using Vitrine.Agent.Stats;
using Vitrine.Agent.Streaming;
using Vitrine.Agent.Volumes;
using Vitrine.Model.Watching;

namespace Vitrine.Agent;

/// <summary>The node agent: containerd's keeper, the pods' driver, the kubelet API.</summary>
public static class NodeAgent
{
    /// <summary>Runs until cancelled; pods keep running afterwards.</summary>
    /// <exception cref="IOException">A file of the node cannot be written (disk full, read-only).</exception>
    public static async Task RunAsync(NodeAgentOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        Directory.CreateDirectory(options.DataDirectory);
        Directory.CreateDirectory(options.RunDirectory);
        var paths = ContainerdPaths.For(options);
        var machine = MachineCapacity.Measure(options.DataDirectory);
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig));
        using var runtime = new ContainerRuntime(paths.Socket, time);
        var podPaths = new PodPaths(options.DataDirectory);
        var objects = new ObjectSource(api);
        var events = new EventRecorder(api, options.NodeName, time, logs.CreateLogger<EventRecorder>());
        var hostIps = options.NodeAddresses.Select(a => a.ToString()).ToArray();
        var pressure = new NodePressure(
            [.. EvictionThreshold.ParseAll(options.EvictionHard), .. EvictionThreshold.ParseSoft(options.EvictionSoft, options.EvictionSoftGracePeriod)], options.EvictionPressureTransitionPeriod);
        var own = new OwnNode(options.NodeName, api, time, logs.CreateLogger<OwnNode>());
        var context = new NodeContext(
            options,
            api,
            runtime,
            events,
            new ImagePuller(runtime, objects, events, options.ImageMirror, time),
            new VolumeMounter(podPaths, new ProjectedContent(objects, new TokenSource(api, time), machine, hostIps)),
            new ContainerEnvironment(objects, machine, hostIps),
            podPaths,
            new PodCgroup(options.CgroupParent),
            new PodAdmission(new Sysctls(options.AllowedUnsafeSysctls), () => pressure.Current, own),
            machine,
            time);

        var containerd = new ContainerdLoop(options, paths, runtime, time, logs.CreateLogger<ContainerdLoop>());
        var node = new NodeLoop(options, paths, containerd, runtime, api, machine, pressure, time, logs.CreateLogger<NodeLoop>());
        var lease = new LeaseLoop(options, api, time, logs.CreateLogger<LeaseLoop>());
        using var pods = new PodLoop(context, new ResourceWatch<V1Pod>(api, "api/v1/pods", $"fieldSelector=spec.nodeName%3D{Uri.EscapeDataString(options.NodeName)}", time), logs.CreateLogger<PodLoop>());
        context.Admission.Residents = () => pods.Workers.Where(static w => w.HoldsRoom).Select(static w => w.Pod);

        var images = new ImageCollector(options, runtime, events, time);
        var usage = new UsageLoop(pods, context.Cgroups, time);
        var routes = new KubeletRoutes(pods, new ContainerLogs(context), new ExecSession(context), new PortForwardSession(context), usage, new StatsSummary(context, usage), () => runtime.Clock.Render() + options.MoreMetrics?.Invoke());
        await using var kubelet = new KubeletServer(options, routes, logs, time);

        // The first loop that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] loops =
        [
            containerd.RunAsync(stop.Token),
            node.RunAsync(stop.Token),
            own.RunAsync(stop.Token),
            AfterAsync(node.Registered, owner => lease.RunAsync(owner, stop.Token), stop.Token),
            AfterAsync(containerd.Ready, () => pods.RunAsync(stop.Token), stop.Token),
            kubelet.RunAsync(stop.Token),
            usage.RunAsync(stop.Token),
            AfterAsync(containerd.Ready, () => images.RunAsync(stop.Token), stop.Token),
            AfterAsync(containerd.Ready, () => new EvictionLoop(context, pods, pressure, images, logs.CreateLogger<EvictionLoop>()).RunAsync(stop.Token), stop.Token),
            StaticAsync(options, pods, node, api, events, time, logs, containerd, stop.Token),
            new NodeShutdown(options, pods, context.Admission, node, time, logs.CreateLogger<NodeShutdown>()).RunAsync(stop.Token),
            new LogRotationLoop(context).RunAsync(stop.Token),
            AfterAsync(containerd.Ready, () => new CniRestoreLoop(Path.Combine(paths.CniConfDirectory, Conflist.FileName), options.CniBinDirectory, time, logs.CreateLogger<CniRestoreLoop>()).RunAsync(stop.Token), stop.Token),
            events.RunAsync(stop.Token),
        ];
        try
        {
            await (await Task.WhenAny(loops).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task StaticAsync(
        NodeAgentOptions options, PodLoop pods, NodeLoop node, Kubernetes api, EventRecorder events, TimeProvider time, ILoggerFactory logs, ContainerdLoop containerd, CancellationToken ct)
    {
        await containerd.Ready.WaitAsync(ct).ConfigureAwait(false);
        if (options is not { StaticPodPath: { } folder, ReadManifest: { } decode })
        {
            pods.SetStatic([], ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ct).ConfigureAwait(false);
            return;
        }

        var source = new StaticPodSource(folder, options.NodeName, decode, events, time, logs.CreateLogger<StaticPodSource>());
        await new StaticPodLoop(source, pods, api, () => node.Current, time, logs.CreateLogger<StaticPodLoop>()).RunAsync(ct).ConfigureAwait(false);
    }

    private static async Task AfterAsync(Task first, Func<Task> then, CancellationToken ct)
    {
        await first.WaitAsync(ct).ConfigureAwait(false);
        await then().ConfigureAwait(false);
    }

    private static async Task AfterAsync<T>(Task<T> first, Func<T, Task> then, CancellationToken ct) =>
        await then(await first.WaitAsync(ct).ConfigureAwait(false)).ConfigureAwait(false);
}
