using Grpc.Core;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>Reads one pod's sandboxes and containers by their labels.</summary>
internal sealed class RuntimePodReader(ContainerRuntime runtime)
{
    // An exited container never changes again.
    private readonly Dictionary<string, ContainerStatus> exited = [];

    public async Task<RuntimePod> ReadAsync(string uid, CancellationToken ct)
    {
        var sandboxFilter = new PodSandboxFilter();
        sandboxFilter.LabelSelector.Add(CriLabels.PodUid, uid);
        var containerFilter = new ContainerFilter();
        containerFilter.LabelSelector.Add(CriLabels.PodUid, uid);
        var sandboxes = runtime.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest { Filter = sandboxFilter }, cancellationToken: ct).ResponseAsync;
        var containers = await runtime.Runtime.ListContainersAsync(new ListContainersRequest { Filter = containerFilter }, cancellationToken: ct).ConfigureAwait(false);
        var sandboxStatuses = await Task.WhenAll((await sandboxes.ConfigureAwait(false)).Items.Select(s => SandboxAsync(s.Id, ct))).ConfigureAwait(false);
        var containerStatuses = await Task.WhenAll(containers.Containers.Select(c => ContainerAsync(c.Id, ct))).ConfigureAwait(false);
        return new RuntimePod(
            [.. sandboxStatuses.OfType<PodSandboxStatus>().OrderByDescending(s => s.CreatedAt)],
            [.. containerStatuses.OfType<ContainerStatus>().OrderByDescending(c => c.CreatedAt)]);
    }

    private async Task<PodSandboxStatus?> SandboxAsync(string id, CancellationToken ct)
    {
        try
        {
            return (await runtime.Runtime.PodSandboxStatusAsync(new PodSandboxStatusRequest { PodSandboxId = id }, cancellationToken: ct).ConfigureAwait(false)).Status;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<ContainerStatus?> ContainerAsync(string id, CancellationToken ct)
    {
        lock (exited)
        {
            if (exited.TryGetValue(id, out var known))
            {
                return known;
            }
        }

        try
        {
            var status = (await runtime.Runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = id }, cancellationToken: ct).ConfigureAwait(false)).Status;
            if (status.State == ContainerState.ContainerExited)
            {
                TerminationMessage.Fill(status);
                lock (exited)
                {
                    exited[id] = status;
                }
            }

            return status;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}
