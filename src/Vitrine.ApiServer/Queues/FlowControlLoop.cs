using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Keeps the objects every cluster has, and says in the status of each FlowSchema whether its level exists. A suggested object that somebody changed stays changed
/// once its annotation says so. Source: pkg/registry/flowcontrol/ensurer.
/// </summary>
internal sealed class FlowControlLoop(ApiContext api)
{
    private const string Dangling = "Dangling";

    public async Task RunAsync(CancellationToken ct)
    {
        if (!IsServed)
        {
            return;
        }

        try
        {
            while (true)
            {
                // Taken before looking: a change meanwhile is looked at next.
                Task changed = Task.WhenAny(api.Store.Window(FlowControlKinds.FlowSchema).Changed, api.Store.Window(FlowControlKinds.PriorityLevelConfiguration).Changed);
                if (!await StepAsync(ct))
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

    /// <summary>Until nothing is left to write; what a server does before its first request.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        while (IsServed && await StepAsync(ct))
        {
        }
    }

    private bool IsServed => api.Kinds.Contains(FlowControlKinds.FlowSchema) && api.Kinds.Contains(FlowControlKinds.PriorityLevelConfiguration);

    /// <summary>One look at all objects; true when something was written.</summary>
    private async Task<bool> StepAsync(CancellationToken ct)
    {
        List<Task<WriteOutcome>> writes = [];
        foreach (JsonObject wanted in FlowDefaults.All)
        {
            Kind kind = wanted.Text("kind") == FlowControlKinds.FlowSchema.Name ? FlowControlKinds.FlowSchema : FlowControlKinds.PriorityLevelConfiguration;
            StoredObject? stored = api.Store.Find(kind, "", wanted.TextAt("metadata.name"));
            if ((stored is null ? Fresh(wanted) : Mended(stored.Parse(), wanted)) is { } next)
            {
                writes.Add(WriteAsync(kind, wanted.TextAt("metadata.name"), next, stored, ct));
            }
        }

        if (writes.Count == 0)
        {
            KindTree levels = api.Store.Tree(FlowControlKinds.PriorityLevelConfiguration);
            string now = ObjectMeta.Timestamp(api.Time.GetUtcNow());
            writes.AddRange(api.Store.Tree(FlowControlKinds.FlowSchema).List(null)
                .Select(stored => (stored, Next: Judged(stored.Parse(), levels, now)))
                .Where(static pair => pair.Next is not null)
                .Select(pair => WriteAsync(FlowControlKinds.FlowSchema, pair.stored.Name, pair.Next!, pair.stored, ct)));
        }

        try
        {
            await Task.WhenAll(writes);
        }
        catch (StoreUnavailableException) when (!ct.IsCancellationRequested)
        {
            // The writer has logged it; the next change looks again.
            return false;
        }

        return writes.Count > 0;
    }

    /// <summary>The object as it has to be, or null when it is.</summary>
    public static JsonObject? Mended(JsonObject current, JsonObject wanted)
    {
        JsonObject next = current.DeepClone().AsObject();
        JsonObject annotations = ObjectMeta.Of(next).Ensure("annotations");
        bool mandatory = FlowDefaults.Mandatory(wanted.Text("kind"), wanted.TextAt("metadata.name")) is not null;
        if (annotations.Text(FlowDefaults.AutoUpdate).Length == 0)
        {
            annotations[FlowDefaults.AutoUpdate] = mandatory || (ObjectMeta.Number(ObjectMeta.Of(current), "generation") ?? 1) <= 1 ? "true" : "false";
        }

        // The shares of administrators may be changed, and only of them.
        JsonObject spec = wanted["spec"]!.DeepClone().AsObject();
        if (current["spec"].Object("exempt") is { } exempt && spec.Has("exempt"))
        {
            spec["exempt"] = exempt.DeepClone();
        }

        if ((mandatory || annotations.Text(FlowDefaults.AutoUpdate) == "true") && !JsonNode.DeepEquals(next["spec"], spec))
        {
            next["spec"] = spec;
            JsonObject metadata = ObjectMeta.Of(next);
            metadata["generation"] = (ObjectMeta.Number(metadata, "generation") ?? 0) + 1;
        }

        return JsonNode.DeepEquals(next, current) ? null : next;
    }

    /// <summary>The schema with the condition Dangling, or null when it has it.</summary>
    public static JsonObject? Judged(JsonObject schema, KindTree levels, string now)
    {
        JsonObject next = schema.DeepClone().AsObject();
        string level = schema.TextAt("spec.priorityLevelConfiguration.name");
        bool found = levels.Find("", level) is not null;
        Conditions.Set(
            next.Ensure("status"), Dangling, found ? "False" : "True", found ? "Found" : "NotFound",
            $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" {(found ? "and it exists" : "but there is no such object")}", now);
        return JsonNode.DeepEquals(next, schema) ? null : next;
    }

    private Task<WriteOutcome> WriteAsync(Kind kind, string name, JsonObject next, StoredObject? stored, CancellationToken ct) => api.Store.WriteAsync(
        new WriteRequest { Kind = api.Store.IndexOf(kind), Namespace = "", Name = name, Payload = ObjectPayload.From(next), Expected = stored?.Revision ?? 0 }, ct);

    private JsonObject Fresh(JsonObject wanted)
    {
        JsonObject fresh = wanted.DeepClone().AsObject();
        JsonObject metadata = ObjectMeta.Of(fresh);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["generation"] = 1;
        metadata["creationTimestamp"] = ObjectMeta.Timestamp(api.Time.GetUtcNow());
        return fresh;
    }
}
