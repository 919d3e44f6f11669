using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printReplicationController of pkg/printers/internalversion.</summary>
internal static class ReplicationControllerTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Desired", "Replicas is the number of desired replicas.", Type: "integer"),
        new("Current", "Replicas is the most recently observed number of replicas.", Type: "integer"),
        new("Ready", "The number of ready replicas.", Type: "integer"),
        TableColumn.Age,
        Containers,
        Images,
        Selector,
    ],
    static (set, now) =>
    [
        Ages.NameOf(set),
        Count(set, "spec", "replicas"),
        Count(set, "status", "replicas"),
        Count(set, "status", "readyReplicas"),
        Ages.Of(set, now),
        ContainersOf(Spec(set)),
        ImagesOf(Spec(set)),
        LabelsOf(Spec(set).Object("selector")),
    ]);
}
