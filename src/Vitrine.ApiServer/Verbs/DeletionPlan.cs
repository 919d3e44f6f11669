using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// What a deletion does to an object now: remove it, or mark it and leave the rest to whoever finishes it — the node
/// agent for pods, controllers for finalizers (k8s.io/apiserver/pkg/registry/rest: BeforeDelete).
/// </summary>
/// <param name="Remove">True: take the object out of the store.</param>
/// <param name="Marked">Otherwise its new state; the given one when nothing changes.</param>
internal readonly record struct DeletionPlan(bool Remove, JsonObject Marked)
{
    public static DeletionPlan For(Kind kind, JsonObject value, DeleteOptions options, DateTimeOffset now)
    {
        JsonObject metadata = ObjectMeta.Of(value);
        Propagation.Apply(kind, metadata, options.Propagation);
        return kind switch
        {
            { Group: "", Plural: "pods" } => ForPod(value, metadata, options.GraceSeconds, now),
            { Group: "", Plural: "namespaces" } => ForNamespace(value, metadata, now),
            { Group: ApiExtensionsKinds.Group, Plural: "customresourcedefinitions" } => ForDefinition(value, metadata, now),
            _ => ObjectMeta.HasFinalizers(metadata) ? new DeletionPlan(false, Mark(value, metadata, 0, now)) : new DeletionPlan(true, value),
        };
    }

    /// <summary>True when an update has taken away the last thing a marked object waited for.</summary>
    public static bool IsFinished(Kind kind, JsonObject value)
    {
        JsonObject metadata = ObjectMeta.Of(value);
        if (!ObjectMeta.IsDeleting(metadata) || ObjectMeta.HasFinalizers(metadata))
        {
            return false;
        }

        return kind is { Group: "", Plural: "namespaces" }
            ? value["spec"]?["finalizers"] is not JsonArray { Count: > 0 }
            : (ObjectMeta.Number(metadata, "deletionGracePeriodSeconds") ?? 0) == 0;
    }

    private static DeletionPlan ForPod(JsonObject pod, JsonObject metadata, long? asked, DateTimeOffset now)
    {
        if (ObjectMeta.IsDeleting(metadata))
        {
            long? pending = ObjectMeta.Number(metadata, "deletionGracePeriodSeconds");
            if (asked is { } shorter && pending is { } left && shorter < left)
            {
                Shorten(metadata, left, shorter);
            }
            else if (pending is not null and not 0)
            {
                return new DeletionPlan(false, pod);
            }

            return new DeletionPlan((asked ?? 0) == 0 && !ObjectMeta.HasFinalizers(metadata), pod);
        }

        JsonObject spec = pod["spec"] as JsonObject ?? [];
        bool unscheduled = ObjectMeta.Text(spec, "nodeName").Length == 0;
        bool terminal = pod["status"] is JsonObject status && ObjectMeta.Text(status, "phase") is "Succeeded" or "Failed";
        long grace = unscheduled || terminal ? 0 : asked ?? ObjectMeta.Number(spec, "terminationGracePeriodSeconds") ?? 30;
        return grace == 0 && !ObjectMeta.HasFinalizers(metadata) ? new DeletionPlan(true, pod) : new DeletionPlan(false, Mark(pod, metadata, grace, now));
    }

    private static DeletionPlan ForNamespace(JsonObject ns, JsonObject metadata, DateTimeOffset now)
    {
        if (ns["spec"]?["finalizers"] is not JsonArray { Count: > 0 } && !ObjectMeta.HasFinalizers(metadata))
        {
            return new DeletionPlan(true, ns);
        }

        if (!ObjectMeta.IsDeleting(metadata))
        {
            metadata["deletionTimestamp"] = ObjectMeta.Timestamp(now);
            if (ns["status"] is not JsonObject status)
            {
                ns["status"] = status = [];
            }

            status["phase"] = "Terminating";
        }

        return new DeletionPlan(false, ns);
    }

    // Its objects go first (pkg/registry/customresourcedefinition/etcd.go: Delete).
    private static DeletionPlan ForDefinition(JsonObject definition, JsonObject metadata, DateTimeOffset now)
    {
        if (!ObjectMeta.IsDeleting(metadata))
        {
            if (metadata["finalizers"] is not JsonArray finalizers)
            {
                metadata["finalizers"] = finalizers = [];
            }

            if (!finalizers.Any(static entry => entry.AsText() == DefinitionCleanup.Finalizer))
            {
                finalizers.Add((JsonNode)DefinitionCleanup.Finalizer);
            }

            Conditions.Set(definition.Ensure("status"), "Terminating", "True", "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", ObjectMeta.Timestamp(now));
        }

        return new DeletionPlan(false, Mark(definition, metadata, 0, now));
    }

    private static JsonObject Mark(JsonObject value, JsonObject metadata, long grace, DateTimeOffset now)
    {
        if (!ObjectMeta.IsDeleting(metadata))
        {
            metadata["deletionTimestamp"] = ObjectMeta.Timestamp(now.AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            if (ObjectMeta.Number(metadata, "generation") is > 0 and var generation)
            {
                metadata["generation"] = generation + 1;
            }
        }

        return value;
    }

    // The timestamp is the end of the period: it moves by as much as the period shrinks.
    private static void Shorten(JsonObject metadata, long left, long shorter)
    {
        if (DateTimeOffset.TryParse(ObjectMeta.Text(metadata, "deletionTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset end))
        {
            metadata["deletionTimestamp"] = ObjectMeta.Timestamp(end.AddSeconds(shorter - left));
        }

        metadata["deletionGracePeriodSeconds"] = shorter;
    }
}
