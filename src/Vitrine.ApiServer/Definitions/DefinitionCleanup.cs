using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Definitions;

/// <summary>The end of a definition: its objects are deleted, those with finalizers are waited for, then it goes itself (pkg/controller/finalizer).</summary>
internal sealed class DefinitionCleanup(ApiContext api, Kind definitions)
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    private static readonly DeleteOptions s_options = new(null, null, null, false, "Background");

    /// <summary>True when objects are left.</summary>
    public async Task<bool> RunAsync(DefinitionVerdict verdict, CancellationToken ct)
    {
        JsonObject definition = verdict.Definition;
        if (definition["metadata"].Array("finalizers")?.Any(static entry => entry.AsText() == Finalizer) != true)
        {
            return false;
        }

        (string group, string plural) = (definition.TextAt("spec.group"), definition.TextAt("spec.names.plural"));
        Kind? kind = verdict.IsBuiltIn || !verdict.IsServed ? null : api.Kinds.FirstOrDefault(one => one.Custom is not null && one.Group == group && one.Plural == plural);
        if (kind is not null && await EmptyAsync(kind, ct) > 0)
        {
            return true;
        }

        await FinishAsync(definition.TextAt("metadata.name"), ct);
        return false;
    }

    /// <summary>How many objects are left.</summary>
    private async Task<int> EmptyAsync(Kind kind, CancellationToken ct)
    {
        await Task.WhenAll(api.Store.Tree(kind).List(null).Where(static one => !one.IsDeleting).Select(one => DeleteAsync(kind, one, ct)));
        return api.Store.Tree(kind).Count;
    }

    private async Task DeleteAsync(Kind kind, StoredObject one, CancellationToken ct)
    {
        DeletionPlan plan = DeletionPlan.For(kind, one.As(kind).Parse(), s_options, api.Time.GetUtcNow());
        await api.Store.WriteAsync(
            new WriteRequest
            {
                Kind = api.Store.IndexOf(kind),
                Namespace = one.Namespace,
                Name = one.Name,
                Payload = plan.Remove ? null : ObjectPayload.From(plan.Marked),
                Expected = one.Revision,
            },
            ct);
    }

    private async Task FinishAsync(string name, CancellationToken ct)
    {
        if (api.Store.Find(definitions, "", name)?.Parse() is not { } value || value["metadata"] is not JsonObject metadata)
        {
            return;
        }

        JsonNode[] left = [.. (metadata.Array("finalizers") ?? []).Where(static entry => entry.AsText() != Finalizer).Select(static entry => entry!.DeepClone())];
        metadata["finalizers"] = new JsonArray(left);
        Conditions.Set(value.Ensure("status"), "Terminating", "False", "InstanceDeletionCompleted", "removed all instances", ObjectMeta.Timestamp(api.Time.GetUtcNow()));
        await api.Store.WriteAsync(
            new WriteRequest
            {
                Kind = api.Store.IndexOf(definitions),
                Namespace = "",
                Name = name,
                Payload = left.Length == 0 ? null : ObjectPayload.From(value),
                Expected = long.Parse(metadata.Text("resourceVersion"), CultureInfo.InvariantCulture),
            },
            ct);
    }
}
