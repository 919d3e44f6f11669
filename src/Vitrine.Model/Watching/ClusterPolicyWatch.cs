using System.Net;
using System.Runtime.CompilerServices;
using k8s;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// ClusterNetworkPolicies. Most clusters have no such kind until somebody installs it: they have none of it, and it is looked for again. Discovery says so,
/// which everybody may read: a kind that is there and may not be read is no kind without objects, since that would open what a policy closes.
/// </summary>
public static class ClusterPolicyWatch
{
    private const string Group = "apis/policy.networking.k8s.io/v1alpha2", Plural = "clusternetworkpolicies";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromSeconds(1);

    /// <summary>Changes in order, by cluster-wide name. Ends only by cancellation.</summary>
    public static async IAsyncEnumerable<WatchChange<ClusterNetworkPolicy>> RunAsync(Kubernetes client, Action<string> failed, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        for (bool? served = null; served != true;)
        {
            served = await IsServedAsync(client, failed, ct).ConfigureAwait(false);
            if (served == false)
                yield return new WatchChange<ClusterNetworkPolicy>(WatchChangeKind.Replaced, []);
            if (served != true)
                await Task.Delay(served is null ? Pause : LookAgain, time, ct).ConfigureAwait(false);
        }
        await foreach (var change in new ResourceWatch<ClusterNetworkPolicy>(client, $"{Group}/{Plural}", "", time, ClusterPolicyReader.Read).RunAsync(failed, ct).ConfigureAwait(false))
            yield return change;
    }

    /// <returns>null where the API did not say</returns>
    private static async Task<bool?> IsServedAsync(Kubernetes client, Action<string> failed, CancellationToken ct)
    {
        try
        {
            using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, Group), ct).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return false;
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false)).Contains($"\"{Plural}\"", StringComparison.Ordinal);
        }
        catch (HttpRequestException e)
        {
            failed($"looking for {Plural}: {e.Message}");
            return null;
        }
    }
}
