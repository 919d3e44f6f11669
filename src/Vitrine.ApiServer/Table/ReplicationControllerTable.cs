namespace Vitrine.ApiServer.Table;

/// <summary>Source: printReplicationController of pkg/printers/internalversion.</summary>
internal static class ReplicationControllerTable
{
    /// <summary>A ReplicaSet's columns; the selector is a plain map of labels.</summary>
    public static TableLayout Layout { get; } = ReplicaSetTable.SelectedBy(WorkloadCells.LabelsOf);
}
