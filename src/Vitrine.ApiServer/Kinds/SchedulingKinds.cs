using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group scheduling.k8s.io.</summary>
internal static class SchedulingKinds
{
    public static Kind PriorityClass { get; } = new()
    {
        Group = "scheduling.k8s.io",
        Version = "v1",
        Name = "PriorityClass",
        Plural = "priorityclasses",
        Singular = "priorityclass",
        Namespaced = false,
        ShortNames = ["pc"],
        Schema = "io.k8s.api.scheduling.v1.PriorityClass",
        StartsGeneration = true,
        Prepare = static (request, value) => PriorityAdmission.OneDefault(request, value),
        PrepareUpdate = static (request, _, value, _) => PriorityAdmission.OneDefault(request, value),
        Default = static value => Objects.JsonFields.DefaultText(value, "preemptionPolicy", "PreemptLowerPriority"),
        Validate = PriorityClassRules.Check,
        Table = PriorityClassTable.Layout,
    };
}
