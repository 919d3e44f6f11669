using k8s;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Gateways;

/// <summary>The Gateway API's objects, which the client has no models of, beside the workload watch.</summary>
internal sealed class GatewayApiWatch(Kubernetes client, Action again, Action<string> failed, TimeProvider time)
{
    private readonly OptionalKinds kinds = new(client, failed, time, new ApiDoor(time));
    private readonly Lock writing = new();
    private readonly HashSet<string> unlisted = [.. GatewayResources.All.Select(r => r.Plural)];
    private ClusterSnapshot current = ClusterSnapshot.Empty;

    /// <summary>The snapshot with them; null before all were listed.</summary>
    public ClusterSnapshot? Into(ClusterSnapshot snapshot)
    {
        lock (writing)
        {
            return unlisted.Count > 0 ? null : GatewayResources.All.Aggregate(snapshot, (s, r) => r.Set(s, r.Get(current)));
        }
    }

    /// <summary>Watches until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll([kinds.RunAsync(ct), .. GatewayResources.All.Select(r => FollowAsync(r, ct))]);

    private async Task FollowAsync(GatewayResource resource, CancellationToken ct)
    {
        await foreach (var change in resource.WatchAsync(kinds, ct))
        {
            lock (writing)
            {
                current = resource.After(current, change);
                unlisted.Remove(resource.Plural);
            }

            again();
        }
    }
}
