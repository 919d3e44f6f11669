using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using k8s;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>A kind of gateway.networking.k8s.io, and its place in a snapshot.</summary>
/// <param name="Kind">e.g. HTTPRoute</param>
/// <param name="Plural">as in URLs</param>
/// <param name="Version">of the group</param>
public sealed record GatewayResource(
    string Kind, string Plural, string Version, Func<ClusterSnapshot, ImmutableDictionary<string, GatewayObject>> Get, Func<ClusterSnapshot, ImmutableDictionary<string, GatewayObject>, ClusterSnapshot> Set)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    public string Path => $"apis/gateway.networking.k8s.io/{Version}/{Plural}";

    /// <summary>The snapshot after a change of this kind.</summary>
    public ClusterSnapshot After(ClusterSnapshot snapshot, WatchChange<GatewayObject> change) => Set(snapshot, change.After(Get(snapshot), o => o.Namespace.Length == 0 ? o.Name : o.Key, o => o));

    /// <summary>Changes in order. An API without this kind, as most clusters are until somebody installs it, has none of it; it is looked for again.</summary>
    public async IAsyncEnumerable<WatchChange<GatewayObject>> WatchAsync(Kubernetes client, Action<string> failed, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        while (!await IsServedAsync(client, failed, ct).ConfigureAwait(false))
        {
            yield return new WatchChange<GatewayObject>(WatchChangeKind.Replaced, []);
            await Task.Delay(LookAgain, time, ct).ConfigureAwait(false);
        }
        await foreach (var change in new ResourceWatch<GatewayObject>(client, Path, "", time, value => GatewayObject.Read(Kind, value)).RunAsync(failed, ct).ConfigureAwait(false))
            yield return change;
    }

    private async Task<bool> IsServedAsync(Kubernetes client, Action<string> failed, CancellationToken ct)
    {
        try
        {
            using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, $"{Path}?limit=1"), HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            return answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Forbidden);
        }
        catch (HttpRequestException e)
        {
            // An API that is away may well have it: the watch says so.
            failed(e.Message);
            return true;
        }
    }
}
