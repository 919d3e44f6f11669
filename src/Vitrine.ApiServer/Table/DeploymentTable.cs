using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printDeployment of pkg/printers/internalversion.</summary>
internal static class DeploymentTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Ready", "Number of the pod with ready state"),
        new("Up-to-date", "Total number of non-terminated pods targeted by this deployment that have the desired template spec."),
        new("Available", "Total number of available pods (ready for at least minReadySeconds) targeted by this deployment."),
        TableColumn.Age,
        Containers,
        Images,
        Selector,
    ],
    static (deployment, now) =>
    [
        Ages.NameOf(deployment),
        $"{Count(deployment, "status", "readyReplicas")}/{Count(deployment, "spec", "replicas")}",
        Count(deployment, "status", "updatedReplicas"),
        Count(deployment, "status", "availableReplicas"),
        Ages.Of(deployment, now),
        ContainersOf(Spec(deployment)),
        ImagesOf(Spec(deployment)),
        SelectorOf(Spec(deployment).Object("selector")),
    ]);
}
