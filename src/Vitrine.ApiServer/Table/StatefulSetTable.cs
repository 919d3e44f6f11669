using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printStatefulSet of pkg/printers/internalversion.</summary>
internal static class StatefulSetTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Ready", "Number of the pod with ready state"), TableColumn.Age, Containers, Images],
        static (set, now) =>
        [
            Ages.NameOf(set),
            $"{Count(set, "status", "readyReplicas")}/{Count(set, "spec", "replicas")}",
            Ages.Of(set, now),
            ContainersOf(Spec(set)),
            ImagesOf(Spec(set)),
        ]);
}
