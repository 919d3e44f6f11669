using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Store;

/// <summary>One change waiting for the writer. Like an etcd transaction it compares one revision and then writes or not.</summary>
internal sealed class WriteRequest
{
    /// <summary>Index of the kind in the store.</summary>
    public required int Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>The new state; null deletes.</summary>
    public ObjectPayload? Payload { get; init; }

    /// <summary>Revision the object must have when its turn comes; 0: it must not exist.</summary>
    public required long Expected { get; init; }

    /// <summary>A further condition on the state the write would join, e.g. "the namespace is there and not terminating". Runs on the writer: no I/O.</summary>
    public Func<Func<int, string, string, StoredObject?>, ApiException?>? Guard { get; init; }

    /// <summary>What else changes in the same commit, from the trees by kind of the state the write joins; throws an <see cref="ApiException"/> to refuse both. Runs on the writer: no I/O.</summary>
    public Func<Func<int, KindTree>, IReadOnlyList<JointChange>>? Joint { get; init; }

    /// <summary>What the object has and no other of its kind may have: looked up in the very state the write joins.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    internal TaskCompletionSource<WriteOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal WriteOutcome? Outcome { get; set; }

    internal ApiException? Refusal { get; set; }

    internal void Complete()
    {
        if (Refusal is not null)
        {
            Done.SetException(Refusal);
        }
        else
        {
            Done.SetResult(Outcome!);
        }
    }
}
