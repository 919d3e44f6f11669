using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// Server-side apply of one configuration (KEP-555): 1. lay it over the object, 2. take away what was applied before and is no longer,
/// 3. refuse what others have made otherwise, unless forced, 4. note who has what.
/// </summary>
/// <param name="Manager">Who applies.</param>
/// <param name="Config">Decoded; as sent, without defaults.</param>
/// <param name="Force">Take what others have.</param>
internal sealed record ApplyPatch(Kind Kind, UpdateScope Scope, FieldManager Manager, JsonObject Config, bool Force)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The object as it shall be, metadata.managedFields included. <paramref name="live"/> stays as it is; null when there is none yet. Throws a 409 with a cause for each conflict.</summary>
    public JsonObject To(JsonObject? live, string now)
    {
        FieldShape shape = FieldOwnership.ShapeOf(Kind);
        JsonObject before = live is null ? [] : FieldOwnership.Bare(live);
        FieldManagers managers = Managers(live, before, shape);
        FieldSet config = FieldOwnership.Owned(FieldCollector.Collect(Config, shape), Kind, Scope);
        ManagerEntry? last = managers.Find(Manager);
        managers.Set(Manager, config, last?.Time ?? "");

        // 1. lay it over, 2. take away
        JsonObject merged = TypedMerge.Apply(before, Config, shape)!.AsObject();
        JsonObject applied = Pruning.Apply(merged, last?.Fields ?? FieldSet.Empty, managers.All(), shape);

        // 3. refuse
        Comparison comparison = Comparison.Between(before, applied, shape);
        FieldSet changed = FieldOwnership.Owned(comparison.Added.Union(comparison.Modified), Kind, Scope);
        List<(FieldManager Manager, string Path)> conflicts =
            [.. managers.Entries.Where(entry => entry.Key != Manager).SelectMany(entry => entry.Value.Fields.Intersection(changed).Paths().Select(path => (entry.Key, path)))];
        if (conflicts.Count > 0 && !Force && !(live is not null && IsOwnPast(live, managers, changed, shape)))
        {
            throw Refusal(conflicts);
        }

        // 4. note
        managers.TakeFrom(Manager, changed.Union(comparison.Removed));
        bool same = comparison.IsSame && last is not null && last.Fields.SetEquals(config);
        managers.Set(Manager, config, same ? last!.Time : now);
        Renew(applied, before);
        ObjectMeta.Of(applied).Remove("managedFields");
        if (managers.Write() is { } list)
        {
            ObjectMeta.Of(applied)["managedFields"] = list;
        }

        return applied;
    }

    // An object nobody has noted anything of has one manager until now, who has all of it.
    private FieldManagers Managers(JsonObject? live, JsonObject bare, FieldShape shape)
    {
        JsonArray? list = live is null ? null : ObjectMeta.Of(live).Array("managedFields");
        FieldManagers managers = FieldOwnership.TryRead(list) ?? new FieldManagers();
        if (live is not null && managers.IsEmpty)
        {
            managers.Set(new FieldManager("before-first-apply", false, Kind.ApiVersion, ""), FieldOwnership.Owned(FieldCollector.Collect(bare, shape), Kind, UpdateScope.Main), "");
        }

        return managers;
    }

    // kubectl's own record of what it applied from the client's side is kept true, where there is one.
    private void Renew(JsonObject applied, JsonObject before)
    {
        if (Manager.Name == "kubectl" && ObjectMeta.Of(before).Object("annotations")?[LastApplied] is not null && ObjectMeta.Of(applied).Object("annotations") is { } annotations)
        {
            annotations[LastApplied] = Config.ToJsonString(JsonText.Plain) + "\n";
        }
    }

    /// <summary>True when all it would take was set by kubectl's client-side apply and is as that left it: the same user, another way.</summary>
    private bool IsOwnPast(JsonObject live, FieldManagers managers, FieldSet changed, FieldShape shape)
    {
        if (Manager.Name != "kubectl" || ObjectMeta.Of(live).Object("annotations").Text(LastApplied) is not { Length: > 0 } text)
        {
            return false;
        }

        JsonObject past;
        try
        {
            past = JsonTree.Parse(System.Text.Encoding.UTF8.GetBytes(text), []) as JsonObject ?? [];
            new Conformer([]).Conform(past, shape.Object!);
        }
        catch (Exception e) when (e is FormatException or TypeMismatchException)
        {
            return false;
        }

        Comparison since = Comparison.Between(past, live, shape);
        FieldSet own = FieldCollector.Collect(past, shape).Difference(since.Modified).Difference(since.Removed);
        return managers.Entries.Where(entry => entry.Key != Manager).All(entry => entry.Value.Fields.Intersection(changed).Difference(own).IsEmpty);
    }

    private ApiException Refusal(List<(FieldManager Manager, string Path)> conflicts)
    {
        string message = conflicts.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Path}"
            : $"Apply failed with {conflicts.Count} conflicts: " + string.Join('\n', conflicts
                .GroupBy(static conflict => conflict.Manager)
                .OrderBy(static group => group.Key.ToString(), StringComparer.Ordinal)
                .Select(static group => $"conflicts with {group.Key}:\n" + string.Join('\n', group.Select(static conflict => "- " + conflict.Path))));
        return new ApiException(409, "Conflict", message)
        {
            Causes = [.. conflicts.Select(static conflict => new FieldCause("FieldManagerConflict", conflict.Path, $"conflict with {conflict.Manager}"))],
        };
    }
}
