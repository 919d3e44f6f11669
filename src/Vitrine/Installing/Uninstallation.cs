using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Attaching;
using Vitrine.Control.Api;
using Vitrine.Control.Ending;
using Vitrine.Model.Plans;

namespace Vitrine.Installing;

/// <summary>
/// Takes an installation off its cluster. What is there is read first, so that nothing is asked for twice and a second run finishes the first:
/// <code>
/// 1 controllers, who would write anew
/// 2 what they wrote: doors, addresses, the DNS Service, the Lease
/// 3 agents, and what they made on every node: their DaemonSet becomes one that cleans, and goes when each node is clean
/// 4 the rest of the manifests, accounts and roles last
/// </code>
/// </summary>
/// <param name="api">as somebody who may all that</param>
/// <param name="ns">it was installed in</param>
/// <param name="say">hears of each thing that is gone</param>
/// <param name="time">the clock</param>
internal sealed class Uninstallation(ApiClient api, string ns, Action<string> say, TimeProvider time)
{
    private const string Agents = "vitrine", Controllers = "vitrine-controller", Settings = "vitrine";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500), ControllersEnd = TimeSpan.FromMinutes(2);

    /// <summary>Says what a run would remove, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Goes on although pods have their network from it, or a node is not clean.</summary>
    public bool Force { get; init; }

    /// <summary>How long nodes may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <param name="manifests">what <see cref="Chart.Render"/> makes for this cluster; of it, what is there and bears our label</param>
    /// <param name="ct">ends it between two steps</param>
    /// <exception cref="CommandFailure">nothing is installed, pods need it, or a node does not get clean</exception>
    /// <exception cref="ApiException">the API refused something</exception>
    public async Task RunAsync(string manifests, CancellationToken ct)
    {
        var there = new List<(ChartObject Object, JsonNode Value)>();
        foreach (var one in ChartObject.All(manifests))
            if (await FindAsync(one.Path, ct) is { } value && (string?)value["metadata"]?["labels"]?[ChartObject.Label] is Agents or Controllers)
                there.Add((one, value));
        if (there.Count == 0)
            throw new CommandFailure($"nothing of Vitrine is in namespace {ns}", "give --namespace as it was given to install");
        var settings = there.FirstOrDefault(o => o.Object is { Kind: "ConfigMap", Name: Settings }).Value?["data"];
        var agents = there.FirstOrDefault(o => o.Object is { Kind: "DaemonSet", Name: Agents });
        if (agents.Value is not null && !CleaningPods.Are(Read(agents.Value)))
            await RequireNoGuestsAsync(ComponentList.Parse(Setting("COMPONENTS", "all")), ct);

        var controllers = there.FirstOrDefault(o => o.Object.Kind == "Deployment");
        if (controllers.Value is not null)
            await RemoveAsync($"{controllers.Object}", end => EndControllersAsync(controllers.Object, end), ct);
        // Where none were to run, the control plane's own wrote such things, and would again.
        foreach (var trace in (int?)controllers.Value?["spec"]?["replicas"] == 0 ? [] : await NetworkTraces.ListAsync(api, ns, [.. Setting("LB_POOL", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(AddressPool.Parse).OfType<AddressPool>()], ct))
            await RemoveAsync(trace.What, trace.RemoveAsync, ct);
        if (agents.Value is not null)
            await RemoveAsync($"{agents.Object}, and what its agents made on every node", end => CleanNodesAsync(agents.Object, Setting("CLUSTER_DNS", ""), end), ct);
        foreach (var (rest, _) in there.Where(o => o.Object.Kind is not ("Deployment" or "DaemonSet")).Reverse())
            await RemoveAsync($"{rest}", end => api.TryDeleteAsync(rest.Path, end), ct);

        string Setting(string name, string otherwise) => (string?)settings?[name] ?? otherwise;
    }

    private async Task RemoveAsync(string what, Func<CancellationToken, Task> remove, CancellationToken ct)
    {
        if (!DryRun)
            await remove(ct);
        say($"{(DryRun ? "would remove" : "removed")} {what}");
    }

    private async Task RequireNoGuestsAsync(NodeComponents components, CancellationToken ct)
    {
        if (!components.HasFlag(NodeComponents.Cni) || await GuestPods.ListAsync(api, ct) is not { Count: > 0 } guests)
            return;
        var found = $"the network of {GuestPods.Count(guests)} is Vitrine's, and cannot be torn down without its plugin";
        if (!Force && !DryRun)
            throw new CommandFailure(found, "delete them or drain their nodes first; or --force, and delete them once another plugin's configuration is on their nodes");
        say($"! {found}");
    }

    private async Task EndControllersAsync(ChartObject controllers, CancellationToken ct)
    {
        await api.TryDeleteAsync(controllers.Path, ct);
        for (var began = time.GetTimestamp(); (await PodsAsync(Controllers, ct)).Count > 0; await Task.Delay(Look, time, ct))
            if (time.GetElapsedTime(began) > ControllersEnd)
                throw new CommandFailure($"pods of {controllers} do not end", $"see kubectl -n {ns} get pods -l {ChartObject.Label}={Controllers}, then run vitrine uninstall again");
    }

    private async Task CleanNodesAsync(ChartObject agents, string clusterDns, CancellationToken ct)
    {
        if (await FindAsync(agents.Path, ct) is not { } found)
            return;
        var set = Read(found);
        if (!CleaningPods.Are(set))
        {
            CleaningPods.WriteTo(set, clusterDns);
            await api.SendAsync<object>(HttpMethod.Put, agents.Path, KubernetesJson.Serialize(set), "application/json", ct);
        }
        for (var began = time.GetTimestamp(); !IsDone(set = Read(await FindAsync(agents.Path, ct) ?? found)); await Task.Delay(Look, time, ct))
            if (time.GetElapsedTime(began) > Patience)
            {
                var left = (await PodsAsync(Agents, ct)).Where(p => !(p.Spec.Containers[0].Name == CleaningPods.Container && p.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)).Select(p => $"{p.Spec.NodeName} (pod {p.Metadata.Name})").ToArray();
                var unclean = $"not clean after {Patience.TotalSeconds:0} s: {string.Join(", ", left)}";
                if (!Force)
                    throw new CommandFailure(unclean, "bring these nodes back and run vitrine uninstall again; or --force, and on each of them vitrine node clean");
                say($"! {unclean}");
                break;
            }
        await api.TryDeleteAsync(agents.Path, ct);
        for (var began = time.GetTimestamp(); (await PodsAsync(Agents, ct)).Count > 0 && time.GetElapsedTime(began) < Patience; await Task.Delay(Look, time, ct))
        {
        }
    }

    private static bool IsDone(V1DaemonSet set) =>
        set.Status is { } status && status.ObservedGeneration >= set.Metadata.Generation && (status.UpdatedNumberScheduled ?? 0) >= status.DesiredNumberScheduled && status.NumberReady >= status.DesiredNumberScheduled;

    private async Task<IList<V1Pod>> PodsAsync(string label, CancellationToken ct) =>
        (await api.SendAsync<V1PodList>(HttpMethod.Get, $"{Resource.Pods.In(ns)}?labelSelector={Uri.EscapeDataString($"{ChartObject.Label}={label}")}", null, "", ct)).Items;

    private async Task<JsonNode?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return JsonNode.Parse(await api.SendAsync<string>(HttpMethod.Get, path, null, "", ct));
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static V1DaemonSet Read(JsonNode value) => Model.Watching.FieldOwners.Dropped(KubernetesJson.Deserialize<V1DaemonSet>(value.ToJsonString()));
}
