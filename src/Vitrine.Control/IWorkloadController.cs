namespace Vitrine.Control;

/// <summary>A controller of whole objects. Called whenever the snapshot changes, and when the time it asked for has come.</summary>
internal interface IWorkloadController
{
    /// <summary>How long changes are gathered before it is called: for what nobody's packets wait for.</summary>
    TimeSpan Settle => TimeSpan.Zero;

    /// <summary>How long until it wants to be called even if nothing changes; null for never.</summary>
    Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct);
}
