using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Gathers the rules of ClusterRoles by labels into those with an aggregationRule, as upstream's clusterrole-aggregation-controller. It is part of the server:
/// a client that did this would have to be allowed to grant everything.
/// </summary>
internal sealed class RoleAggregationLoop(ApiContext api)
{
    public async Task RunAsync(CancellationToken ct)
    {
        if (!api.Kinds.Contains(RbacKinds.ClusterRole))
        {
            return;
        }
        var window = api.Store.Window(RbacKinds.ClusterRole);
        try
        {
            while (true)
            {
                // Taken before looking: a change meanwhile is looked at next.
                var changed = window.Changed;
                if (!await GatherAsync(ct))
                {
                    await changed.WaitAsync(ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Until there is nothing more to gather.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        while (api.Kinds.Contains(RbacKinds.ClusterRole) && await GatherAsync(ct))
        {
        }
    }

    /// <summary>One look at all roles; true when something was written, which others may gather from in turn.</summary>
    private async Task<bool> GatherAsync(CancellationToken ct)
    {
        var tree = api.Store.Tree(RbacKinds.ClusterRole);
        List<Task<WriteOutcome>> writes = [];
        foreach (var stored in tree.List(null))
        {
            if (Gathered(stored, tree) is { } next)
            {
                writes.Add(api.Store.WriteAsync(
                    new WriteRequest { Kind = api.Store.IndexOf(RbacKinds.ClusterRole), Namespace = "", Name = stored.Name, Payload = ObjectPayload.From(next), Expected = stored.Revision }, ct));
            }
        }
        try
        {
            await Task.WhenAll(writes);
        }
        catch (StoreUnavailableException) when (!ct.IsCancellationRequested)
        {
            // The writer has logged it; the next change of a role looks again.
            return false;
        }
        return writes.Count > 0;
    }

    /// <summary>The role with the rules of those it selects, or null when it has them, or gathers none.</summary>
    public static JsonObject? Gathered(StoredObject stored, KindTree tree)
    {
        var role = stored.Parse();
        if (role.Object("aggregationRule") is not { } rule)
        {
            return null;
        }
        LabelSelector[] selectors = [.. rule.Objects("clusterRoleSelectors").Select(SelectorObject.Read).OfType<LabelSelector>()];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rules = new JsonArray();
        foreach (var other in tree.List(null).Where(other => other.Name != stored.Name && Array.Exists(selectors, s => s.Matches(other.Labels))))
        {
            foreach (var one in other.Parse().Objects("rules").Where(one => seen.Add(one.ToJsonString())))
            {
                rules.Add(one.DeepClone());
            }
        }
        if (JsonNode.DeepEquals(rules, role["rules"] ?? new JsonArray()))
        {
            return null;
        }
        role["rules"] = rules;
        return role;
    }
}
