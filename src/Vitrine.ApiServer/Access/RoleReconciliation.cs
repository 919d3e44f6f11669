using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Makes the default roles and bindings at every start what they have to be at least: what is missing is added, what somebody added stays, and what he marked
/// rbac.authorization.kubernetes.io/autoupdate=false is left alone. Source: pkg/registry/rbac/reconciliation.
/// </summary>
internal static class RoleReconciliation
{
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    public static async Task RunAsync(ApiContext api, CancellationToken ct)
    {
        if (!api.Kinds.Contains(RbacKinds.ClusterRole))
        {
            return;
        }
        foreach (var byKind in DefaultRoles.All.GroupBy(static o => o.Kind, ReferenceEqualityComparer.Instance))
        {
            await Task.WhenAll(byKind.Select(o => EnsureAsync(api, o.Kind, o.Namespace, o.Object.DeepClone().AsObject(), ct)));
        }
    }

    /// <summary>The object with what is missing, or null when nothing is.</summary>
    public static JsonObject? Mended(JsonObject current, JsonObject wanted)
    {
        if (current.Object("metadata").Object("annotations").Text(AutoUpdate) == "false")
        {
            return null;
        }
        var mended = current.DeepClone().AsObject();
        Merge(mended, wanted, "labels");
        Merge(mended, wanted, "annotations");
        if (wanted.Has("aggregationRule"))
        {
            // Its rules are gathered by RoleAggregationLoop.
            mended["aggregationRule"] ??= wanted["aggregationRule"]!.DeepClone();
        }
        else if (wanted.Has("rules"))
        {
            AddRules(mended, AccessRule.ReadAll(current), AccessRule.ReadAll(wanted));
        }
        else
        {
            AddSubjects(mended, wanted);
        }
        return JsonNode.DeepEquals(mended, current) ? null : mended;
    }

    private static async Task EnsureAsync(ApiContext api, Kind kind, string ns, JsonObject wanted, CancellationToken ct)
    {
        var name = wanted.TextAt("metadata.name");
        while (true)
        {
            var stored = api.Store.Find(kind, ns, name);
            var current = stored?.Parse();
            // The role of a binding cannot be changed, only replaced with the binding.
            var anew = current is null || (wanted.Has("roleRef") && !JsonNode.DeepEquals(current["roleRef"], wanted["roleRef"]) && current.Object("metadata").Object("annotations").Text(AutoUpdate) != "false");
            if ((anew ? Fresh(api, wanted) : Mended(current!, wanted)) is not { } next)
            {
                return;
            }
            var write = new WriteRequest { Kind = api.Store.IndexOf(kind), Namespace = ns, Name = name, Payload = ObjectPayload.From(next), Expected = stored?.Revision ?? 0 };
            if ((await api.Store.WriteAsync(write, ct)).Written)
            {
                return;
            }
        }
    }

    private static JsonObject Fresh(ApiContext api, JsonObject wanted)
    {
        var metadata = ObjectMeta.Of(wanted);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectMeta.Timestamp(api.Time.GetUtcNow());
        return wanted;
    }

    private static void Merge(JsonObject mended, JsonObject wanted, string field)
    {
        var into = ObjectMeta.Of(mended).Ensure(field);
        foreach (var (key, value) in wanted.Object("metadata").Object(field) ?? [])
        {
            if (!into.ContainsKey(key))
            {
                into[key] = value!.DeepClone();
            }
        }
    }

    private static void AddRules(JsonObject mended, AccessRule[] held, AccessRule[] wanted)
    {
        if (mended["rules"] is not JsonArray rules)
        {
            mended["rules"] = rules = [];
        }
        foreach (var rule in wanted.Where(rule => RuleAtoms.Of([rule]).Any(atom => !Array.Exists(held, h => h.Covers(atom)))))
        {
            rules.Add((JsonNode)rule.ToJson());
        }
    }

    private static void AddSubjects(JsonObject mended, JsonObject wanted)
    {
        if (mended["subjects"] is not JsonArray subjects)
        {
            mended["subjects"] = subjects = [];
        }
        foreach (var subject in wanted.Objects("subjects").Where(subject => !subjects.Any(s => JsonNode.DeepEquals(s, subject))))
        {
            subjects.Add(subject.DeepClone());
        }
    }
}
