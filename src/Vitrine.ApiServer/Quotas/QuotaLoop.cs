using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Quotas;

/// <summary>
/// Counts anew what is used of each quota, where something of its namespace changed: objects that went give back what they took, pods that ended too. Writers that
/// take something meanwhile change the quota itself, so that a count that is too old is not written. Upstream's resourcequota-controller, beside the store it counts.
/// </summary>
internal sealed class QuotaLoop(ApiContext api)
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<(string Namespace, string Name), (KindTree[] Seen, long Revision)> counted = [];

    public async Task RunAsync(CancellationToken ct)
    {
        if (api.Quotas is not { } kind)
        {
            return;
        }
        try
        {
            while (true)
            {
                Task[] changes = [.. Watched(kind).Select(k => api.Store.Window(k).Changed)];
                if (await CountAsync(kind, ct))
                {
                    continue;
                }
                await Task.WhenAny(changes).WaitAsync(ct);
                await Task.Delay(Settle, api.Time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>True when a count came too late and has to be made again.</summary>
    public async Task<bool> CountAsync(Kind kind, CancellationToken ct)
    {
        var again = false;
        foreach (var gone in counted.Keys.Where(key => api.Store.Find(kind, key.Namespace, key.Name) is null).ToArray())
        {
            counted.Remove(gone);
        }
        foreach (var stored in api.Store.Tree(kind).List(null))
        {
            if (Counted(stored) is not { } next)
            {
                continue;
            }
            try
            {
                again |= !(await api.Store.WriteAsync(new WriteRequest { Kind = api.Store.IndexOf(kind), Namespace = stored.Namespace, Name = stored.Name, Payload = ObjectPayload.From(next), Expected = stored.Revision }, ct)).Written;
            }
            catch (StoreUnavailableException) when (!ct.IsCancellationRequested)
            {
                // The writer has logged it; the next change counts again.
                return false;
            }
        }
        return again;
    }

    private JsonObject? Counted(StoredObject stored)
    {
        // Of one snapshot: a count of objects that a later revision of the quota already has, is refused by the writer.
        var snapshot = api.Store.Snapshot;
        var quota = stored.Parse();
        var hard = QuotaStatus.Amounts(quota, "spec", "hard");
        Kind[] kinds = [.. api.Kinds.DistinctBy(static k => (k.Group, k.Plural)).Where(k => QuotaCount.Counts(k, hard.Keys))];
        KindTree[] trees = [.. kinds.Select(k => snapshot.Trees[api.Store.IndexOf(k)])];
        var key = (stored.Namespace, stored.Name);
        if (counted.TryGetValue(key, out var last) && last.Revision == stored.Revision && trees.SequenceEqual(last.Seen))
        {
            return null;
        }
        var used = QuotaCount.Used(quota, kinds, k => snapshot.Trees[api.Store.IndexOf(k)]);
        counted[key] = (trees, stored.Revision);
        var next = QuotaStatus.With(quota.DeepClone().AsObject(), hard, used);
        return JsonNode.DeepEquals(next["status"], quota["status"]) ? null : next;
    }

    private IEnumerable<Kind> Watched(Kind quotas)
    {
        var names = api.Store.Tree(quotas).List(null).SelectMany(static q => QuotaStatus.Amounts(q.Parse(), "spec", "hard").Keys).ToHashSet(StringComparer.Ordinal);
        return api.Kinds.Where(k => k == quotas || QuotaCount.Counts(k, names));
    }
}
