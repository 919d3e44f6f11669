using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>One controller: what a snapshot lacks is written to the API. Called again whenever the snapshot changes.</summary>
internal interface IController
{
    /// <summary>True when it waits for something no snapshot shows, and so wants to be called again after a while.</summary>
    Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct);
}
