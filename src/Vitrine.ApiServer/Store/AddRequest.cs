namespace Vitrine.ApiServer.Store;

/// <summary>Asks the writer to make room for one more resource.</summary>
internal sealed record AddRequest(string Group, string Plural)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
