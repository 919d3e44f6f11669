namespace Vitrine.ApiServer.Store;

/// <summary>Asks the writer to compact up to a revision.</summary>
internal sealed record CompactRequest(long Horizon)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
