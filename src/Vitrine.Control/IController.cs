using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>One controller: what a snapshot lacks is written to the API. Called again whenever the snapshot changes.</summary>
internal interface IController
{
    Task ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct);
}
