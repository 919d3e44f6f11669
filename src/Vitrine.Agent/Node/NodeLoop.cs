using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Containerd;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Eviction;
using Vitrine.Model.Snapshot;

namespace Vitrine.Agent.Node;

/// <summary>
/// The Node object: (1) register, (2) wait for a pod range and hand it to CNI, (3) post Ready as soon as the runtime says so,
/// (4) post again on change, and every 5 minutes.
/// </summary>
internal sealed partial class NodeLoop(
    NodeAgentOptions options, ContainerdPaths paths, ContainerdLoop containerd, ContainerRuntime runtime, IKubernetes api, MachineCapacity machine, NodePressure pressure, TimeProvider time, ILogger<NodeLoop> log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Impatient = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PostEvery = TimeSpan.FromMinutes(5);
    private readonly TaskCompletionSource<V1Node> registered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The machine is about to go: no more pods.</summary>
    public bool IsShuttingDown { get; set; }

    /// <summary>The Node as the API has it now; another one after somebody deleted it. Null before the first.</summary>
    public V1Node? Current { get; private set; }

    /// <summary>Completes with the Node as the API returned it.</summary>
    public Task<V1Node> Registered => registered.Task;

    public async Task RunAsync(CancellationToken ct)
    {
        V1Node? node = null;
        V1NodeStatus? posted = null;
        string? unready = "";
        var pressed = "";
        var postedAt = 0L;
        var retry = FirstRetry;
        var versions = new NodeVersions("", "", "", "", "", "");
        while (true)
        {
            try
            {
                if (node is null)
                {
                    node = await RegisterAsync(ct).ConfigureAwait(false);
                    Current = node;
                    registered.TrySetResult(node);
                    await containerd.Ready.WaitAsync(ct).ConfigureAwait(false);
                    var version = await api.Version.GetCodeAsync(ct).ConfigureAwait(false);
                    versions = NodeVersions.Read(version.GitVersion, containerd.Version);
                }

                if (SnapshotReader.PodCidrs(node).Count == 0)
                {
                    node = await api.CoreV1.ReadNodeAsync(options.NodeName, cancellationToken: ct).ConfigureAwait(false);
                }

                if (SnapshotReader.PodCidrs(node) is { Count: > 0 } cidrs)
                {
                    AtomicFile.Write(Path.Combine(paths.CniConfDirectory, Conflist.FileName), Conflist.Compile(cidrs, NodeMtu.Of(options.NodeAddresses[0]), Path.Combine(options.DataDirectory, "cni")));
                }

                var now = await UnreadyAsync(node, ct).ConfigureAwait(false);
                if (IsShuttingDown)
                {
                    now = "node is shutting down";
                }

                if (now is null && unready is null && !await IsReadyInApiAsync(ct).ConfigureAwait(false))
                {
                    // A heartbeat came too late and the control plane gave the node up; it has to be told that the node is back.
                    unready = "";
                }

                var scarce = string.Join(',', pressure.Current);
                if (now != unready || scarce != pressed || time.GetElapsedTime(postedAt) > PostEvery)
                {
                    posted = await PostAsync(node, posted, versions, now, ct).ConfigureAwait(false);
                    (unready, pressed) = (now, scarce);
                    postedAt = time.GetTimestamp();
                    LogPosted(options.NodeName, now ?? "ready");
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpOperationException or HttpRequestException or RpcException or OperationCanceledException)
            {
                if (e is HttpOperationException { Response.StatusCode: HttpStatusCode.NotFound } && registered.Task.IsCompletedSuccessfully && versions.Kubelet.Length > 0)
                {
                    // Somebody deleted the Node: register anew, as kubelet does.
                    node = null;
                    unready = "";
                }

                LogFailed(options.NodeName, e.Message);
                await Task.Delay(retry, time, ct).ConfigureAwait(false);
                retry = retry * 2 < Patient ? retry * 2 : Patient;
                continue;
            }

            retry = FirstRetry;

            await Task.Delay(unready is null ? Patient : Impatient, time, ct).ConfigureAwait(false);
        }
    }

    private async Task<V1Node> RegisterAsync(CancellationToken ct)
    {
        var wanted = NodeStatusPlan.Object(options);
        try
        {
            return await api.CoreV1.CreateNodeAsync(wanted, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            var labels = new JsonObject(wanted.Metadata.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } };
            return await api.CoreV1.PatchNodeAsync(new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), options.NodeName, cancellationToken: ct).ConfigureAwait(false);
        }
    }

    /// <summary>Null when ready; otherwise what is missing, as the Ready condition's message.</summary>
    private async Task<string?> UnreadyAsync(V1Node node, CancellationToken ct)
    {
        if (SnapshotReader.PodCidrs(node).Count == 0)
        {
            return "container runtime network not ready: the node has no podCIDR yet: the control plane assigns one";
        }

        try
        {
            var status = await runtime.Runtime.StatusAsync(new StatusRequest(), cancellationToken: ct).ConfigureAwait(false);
            var missing = status.Status.Conditions.Where(c => !c.Status).Select(c => $"{c.Type}=false reason:{c.Reason} message:{c.Message}").ToList();
            return missing.Count == 0 ? null : "container runtime is not ready: " + string.Join("; ", missing);
        }
        catch (RpcException) when (!ct.IsCancellationRequested)
        {
            return "container runtime is down: containerd does not answer";
        }
    }

    /// <summary>What the API says of this node, asked as often as kubelet asks.</summary>
    private async Task<bool> IsReadyInApiAsync(CancellationToken ct) =>
        (await api.CoreV1.ReadNodeAsync(options.NodeName, cancellationToken: ct).ConfigureAwait(false)).Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    private async Task<V1NodeStatus> PostAsync(V1Node node, V1NodeStatus? posted, NodeVersions versions, string? unready, CancellationToken ct)
    {
        // While containerd is down the images are what they were.
        var images = unready is null ? (await runtime.Images.ListImagesAsync(new ListImagesRequest(), cancellationToken: ct).ConfigureAwait(false)).Images : [];
        var status = NodeStatusPlan.Status(options, posted ?? node.Status, machine, versions, images, unready, pressure, time.GetUtcNow());
        var patch = new JsonObject { ["status"] = JsonNode.Parse(KubernetesJson.Serialize(status)) };
        await api.CoreV1.PatchNodeStatusAsync(new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), options.NodeName, cancellationToken: ct).ConfigureAwait(false);
        return status;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node}: {State}")]
    private partial void LogPosted(string node, string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "reporting node {Node}: {Why}; trying again")]
    private partial void LogFailed(string node, string why);
}
