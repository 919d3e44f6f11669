using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printReplicaSet of pkg/printers/internalversion.</summary>
internal static class ReplicaSetTable
{
    public static TableLayout Layout { get; } = SelectedBy(SelectorOf);

    /// <summary>The columns of everything that keeps replicas; only the selector is written in another way.</summary>
    public static TableLayout SelectedBy(Func<JsonObject?, string> selector) => new(
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
    (set, now) =>
    [
        Ages.NameOf(set),
        Count(set, "spec", "replicas"),
        Count(set, "status", "replicas"),
        Count(set, "status", "readyReplicas"),
        Ages.Of(set, now),
        ContainersOf(Spec(set)),
        ImagesOf(Spec(set)),
        selector(Spec(set).Object("selector")),
    ]);
}
