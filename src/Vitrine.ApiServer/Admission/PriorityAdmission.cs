using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Admission;

/// <summary>The admission plugin Priority (https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/).</summary>
internal static class PriorityAdmission
{
    private const string Lower = "PreemptLowerPriority";

    /// <summary>Turns the class's name into spec.priority and spec.preemptionPolicy.</summary>
    public static void Resolve(AdmissionRequest request, string podName, JsonObject spec)
    {
        var (priority, policy) = spec.Text("priorityClassName") is { Length: > 0 } name
            ? Of(Find(request, name) ?? throw ApiErrors.Forbidden(request.Kind, podName, $"no PriorityClass with name {name} was found"))
            : Default(request, spec);
        if (spec.Number("priority") is { } given && given != priority)
        {
            throw ApiErrors.Forbidden(request.Kind, podName, $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        }
        if (spec.Text("preemptionPolicy") is { Length: > 0 } asked && asked != policy)
        {
            throw ApiErrors.Forbidden(request.Kind, podName, $"the string value of PreemptionPolicy ({asked}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        }
        spec["priority"] = priority;
        spec["preemptionPolicy"] = policy;
    }

    /// <summary>Throws a 403 for a second class that wants to be the default.</summary>
    public static void OneDefault(AdmissionRequest request, JsonObject value)
    {
        if (value.Flag("globalDefault") && Defaults(request).FirstOrDefault() is { } first && first.TextAt("metadata.name") is var name && name != value.TextAt("metadata.name"))
        {
            throw ApiErrors.Forbidden(request.Kind, value.TextAt("metadata.name"), $"PriorityClass {name} is already marked as default. Only one default can exist");
        }
    }

    private static (long Priority, string Policy) Default(AdmissionRequest request, JsonObject spec)
    {
        if (Defaults(request).FirstOrDefault() is not { } chosen)
        {
            return (0, Lower);
        }
        spec["priorityClassName"] = chosen.TextAt("metadata.name");
        return Of(chosen);
    }

    // Should there be several in spite of admission, the lowest counts.
    private static IEnumerable<JsonObject> Defaults(AdmissionRequest request) => (Classes(request)?.List("") ?? [])
        .Select(stored => stored.Parse()).Where(value => value.Flag("globalDefault")).OrderBy(value => value.Number("value") ?? 0);

    private static JsonObject? Find(AdmissionRequest request, string name) => Classes(request)?.Find("", name)?.Parse();

    private static KindTree? Classes(AdmissionRequest request) => request.TreeOf("scheduling.k8s.io", "priorityclasses");

    private static (long Priority, string Policy) Of(JsonObject value) =>
        (value.Number("value") ?? 0, value.Text("preemptionPolicy") is { Length: > 0 } policy ? policy : Lower);
}
