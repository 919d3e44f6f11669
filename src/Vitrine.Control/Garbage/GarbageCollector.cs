using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Control.Api;

namespace Vitrine.Control.Garbage;

/// <summary>Carries out one object's <see cref="GarbagePlan"/>.</summary>
internal sealed class GarbageCollector(ApiClient api, GarbageGraph graph, Func<IReadOnlyList<GarbageKind>> kinds)
{
    /// <summary>Looks at one object; <paramref name="enqueue"/> hears of others to look at.</summary>
    public async Task LookAsync(string uid, Action<string> enqueue, CancellationToken ct)
    {
        if (graph.Find(uid) is not { } item)
        {
            return;
        }

        var states = new Dictionary<OwnerEdge, OwnerState>();
        if (item is { Deleting: false })
        {
            foreach (var owner in item.Owners)
            {
                states[owner] = await StateAsync(item, owner, ct);
            }
        }

        var plan = GarbagePlan.Compile(item, o => states[o], graph.DependentsOf(uid));
        switch (plan.Step)
        {
            case GarbageStep.Delete:
                if (plan.Propagation == "Foreground")
                {
                    await UnblockAsync(item, ct);
                }

                await api.DeleteAsync(item.Path, item.Uid, item.ResourceVersion, ct, plan.Propagation);
                break;
            case GarbageStep.Release:
                await ReleaseAsync(item, plan.DropOwners, ct);
                break;
            case GarbageStep.FinishForeground:
                await DropFinalizerAsync(item, GarbageItem.ForegroundFinalizer, ct);
                break;
            case GarbageStep.VisitDependents:
                foreach (var dependent in graph.DependentsOf(uid))
                {
                    enqueue(dependent.Uid);
                }

                break;
            case GarbageStep.OrphanDependents:
                await Task.WhenAll(graph.DependentsOf(uid).Select(d => ReleaseAsync(d, [uid], ct)));
                await DropFinalizerAsync(item, GarbageItem.OrphanFinalizer, ct);
                break;
        }
    }

    /// <summary>The graph may be younger than the reference: what it does not know is asked of the API before anything is deleted.</summary>
    private async Task<OwnerState> StateAsync(GarbageItem item, OwnerEdge owner, CancellationToken ct)
    {
        if (graph.Find(owner.Uid) is { } known)
        {
            // An object of the whole cluster cannot be owned from within a namespace: that is a mistake, and no reason to delete it.
            return known.Kind.Namespaced && !item.Kind.Namespaced ? OwnerState.Unknown
                : known.Kind.Namespaced && known.Namespace != item.Namespace ? OwnerState.Absent
                : known.InForeground ? OwnerState.WaitsForDependents
                : OwnerState.Solid;
        }

        var group = owner.ApiVersion.Contains('/', StringComparison.Ordinal) ? owner.ApiVersion[..owner.ApiVersion.IndexOf('/', StringComparison.Ordinal)] : "";
        var kind = kinds().FirstOrDefault(k => k.Kind == owner.Kind && k.Group == group);
        if (kind is null || (kind.Namespaced && !item.Kind.Namespaced))
        {
            return OwnerState.Unknown;
        }

        try
        {
            using var there = JsonDocument.Parse(await api.SendAsync<string>(HttpMethod.Get, kind.Of(item.Namespace, owner.Name), null, "", ct));
            var found = GarbageItem.Read(kind, there.RootElement);
            return found.Uid != owner.Uid ? OwnerState.Absent : found.InForeground ? OwnerState.WaitsForDependents : OwnerState.Solid;
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return OwnerState.Absent;
        }
    }

    /// <summary>Where dependents wait in the foreground themselves, the object must not block its owner too, or a circle never ends.</summary>
    private async Task UnblockAsync(GarbageItem item, CancellationToken ct)
    {
        if (graph.DependentsOf(item.Uid).Any(d => d.InForeground) && item.Owners.Any(o => o.Blocks))
        {
            await WriteAsync(item, "ownerReferences", new JsonArray([.. item.Owners.Select(o => (o with { Blocks = false }).Write())]), ct);
        }
    }

    private Task ReleaseAsync(GarbageItem item, IReadOnlyList<string> owners, CancellationToken ct) =>
        WriteAsync(item, "ownerReferences", new JsonArray([.. item.Owners.Where(o => !owners.Contains(o.Uid)).Select(o => o.Write())]), ct);

    private Task DropFinalizerAsync(GarbageItem item, string finalizer, CancellationToken ct) =>
        WriteAsync(item, "finalizers", new JsonArray([.. item.Finalizers.Where(f => f != finalizer).Select(f => JsonValue.Create(f))]), ct);

    /// <summary>
    /// A JSON merge patch of one field, for the version the judgement was made on: custom resources know no strategic merge. Where
    /// the object is a newer one by now, its change is looked at in turn.
    /// </summary>
    private async Task WriteAsync(GarbageItem item, string field, JsonArray value, CancellationToken ct)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = item.Uid, ["resourceVersion"] = item.ResourceVersion, [field] = value } };
        try
        {
            await api.SendAsync<object>(HttpMethod.Patch, item.Path, patch.ToJsonString(), ApiClient.Merge, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // It went by itself.
        }
    }
}
