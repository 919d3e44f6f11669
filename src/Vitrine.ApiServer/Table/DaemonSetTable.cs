using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printDaemonSet of pkg/printers/internalversion.</summary>
internal static class DaemonSetTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Desired", "The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod).", Type: "integer"),
        new("Current", "The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod.", Type: "integer"),
        new("Ready", "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.", Type: "integer"),
        new("Up-to-date", "The total number of nodes that are running updated daemon pod", Type: "integer"),
        new("Available", "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available.", Type: "integer"),
        new("Node Selector", "Selector which must match a node's labels for the pod to be scheduled on that node."),
        TableColumn.Age,
        Containers,
        Images,
        Selector,
    ],
    static (set, now) =>
    [
        Ages.NameOf(set),
        Count(set, "status", "desiredNumberScheduled"),
        Count(set, "status", "currentNumberScheduled"),
        Count(set, "status", "numberReady"),
        Count(set, "status", "updatedNumberScheduled"),
        Count(set, "status", "numberAvailable"),
        LabelsOf(Spec(set).Object("template").Object("spec").Object("nodeSelector")),
        Ages.Of(set, now),
        ContainersOf(Spec(set)),
        ImagesOf(Spec(set)),
        SelectorOf(Spec(set).Object("selector")),
    ]);
}
