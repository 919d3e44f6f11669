using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// What becomes of an object's dependents is written down as a finalizer, for the garbage collector to act on and take away
/// (k8s.io/apiserver/pkg/registry/generic/registry: deletionFinalizersForGarbageCollection).
/// </summary>
internal static class Propagation
{
    public const string OrphanFinalizer = "orphan";
    public const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>The request's word counts first, then a finalizer the object has, then what its kind has always done.</summary>
    public static void Apply(Kind kind, JsonObject metadata, string asked)
    {
        if (!kind.HasDependents)
        {
            return;
        }

        List<string> finalizers = [.. (metadata["finalizers"] as JsonArray ?? []).Select(static entry => entry.AsText() ?? "")];
        string? wanted = asked switch
        {
            "Orphan" => OrphanFinalizer,
            "Foreground" => ForegroundFinalizer,
            "Background" => null,
            _ when finalizers.Contains(OrphanFinalizer) => OrphanFinalizer,
            _ when finalizers.Contains(ForegroundFinalizer) => ForegroundFinalizer,
            _ => kind.Orphans ? OrphanFinalizer : null,
        };
        List<string> kept = [.. finalizers.Where(static finalizer => finalizer is not (OrphanFinalizer or ForegroundFinalizer))];
        if (wanted is not null)
        {
            kept.Add(wanted);
        }

        if (finalizers.ToHashSet().SetEquals(kept))
        {
            return;
        }

        if (kept.Count == 0)
        {
            metadata.Remove("finalizers");
        }
        else
        {
            metadata["finalizers"] = new JsonArray([.. kept.Select(static finalizer => (JsonNode)finalizer)]);
        }
    }
}
