using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>Deletes events an hour after they were last seen, as kube-apiserver's --event-ttl.</summary>
internal sealed class EventExpiryLoop(ApiContext api)
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken ct)
    {
        if (api.Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "events" }) is not { } kind)
        {
            return;
        }

        try
        {
            while (true)
            {
                await Task.Delay(s_every, api.Time, ct);
                await SweepAsync(kind, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    public async Task SweepAsync(Kind kind, CancellationToken ct)
    {
        DateTimeOffset limit = api.Time.GetUtcNow() - s_ttl;
        List<Task> writes = [];
        foreach (StoredObject value in api.Store.Tree(kind).List(null))
        {
            if (LastSeen(value.Parse()) < limit)
            {
                writes.Add(ExpireAsync(kind, value, ct));
            }
        }

        await Task.WhenAll(writes);
    }

    internal static DateTimeOffset LastSeen(JsonObject value)
    {
        DateTimeOffset last = DateTimeOffset.MinValue;
        JsonObject metadata = ObjectMeta.Of(value);
        foreach (string text in (ReadOnlySpan<string>)[ObjectMeta.Text(value, "lastTimestamp"), ObjectMeta.Text(value, "eventTime"), ObjectMeta.Text(metadata, "creationTimestamp"), SeriesSeen(value)])
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset seen) && seen > last)
            {
                last = seen;
            }
        }

        return last;
    }

    private static string SeriesSeen(JsonObject value) => value["series"] is JsonObject series ? ObjectMeta.Text(series, "lastObservedTime") : "";

    private async Task ExpireAsync(Kind kind, StoredObject value, CancellationToken ct)
    {
        try
        {
            await api.Store.WriteAsync(new WriteRequest { Kind = api.Store.IndexOf(kind), Namespace = value.Namespace, Name = value.Name, Expected = value.Revision }, ct);
        }
        catch (StoreUnavailableException)
        {
            // The writer has logged it; the next sweep finds the event again.
        }
    }
}
