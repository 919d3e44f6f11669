using System.Collections.Immutable;

namespace Vitrine.ApiServer.Store;

/// <summary>The state a batch of writes leads to; thrown away when its commit fails.</summary>
internal sealed class WriteStage(StoreSnapshot from, StoreSlots slots, RevisionLog log)
{
    private KindTree[]? _trees;

    public long Revision { get; private set; } = from.Revision;

    public List<StagedChange> Changes { get; } = [];

    public ImmutableArray<KindTree> Trees() => _trees is null ? from.Trees : [.. _trees];

    public StoredObject? Find(int kind, string ns, string name) => Tree(kind).Find(ns, name);

    /// <summary>Compares and, when the expectation holds, appends the write to the log's open transaction.</summary>
    public void Decide(WriteRequest write)
    {
        StoredObject? current = Find(write.Kind, write.Namespace, write.Name);
        if ((current?.Revision ?? 0) != write.Expected)
        {
            write.Outcome = new WriteOutcome(false, current);
            return;
        }

        if (write.Guard?.Invoke(Find) is { } refusal)
        {
            write.Refusal = refusal;
            return;
        }

        foreach (string claim in write.Claims)
        {
            // What it has already it keeps, even if a damaged store gave it to two.
            if (current?.Claims.Contains(claim) != true && Tree(write.Kind).OwnerOf(claim) is { } owner && owner != KindTree.Key(write.Namespace, write.Name))
            {
                write.Outcome = new WriteOutcome(false, current, claim);
                return;
            }
        }

        if (Changes.Count == 0)
        {
            log.Begin();
            _trees = [.. from.Trees];
        }

        Revision++;
        StoredObject next = write.Payload is { } payload
            ? new StoredObject(write.Namespace, write.Name, Revision, payload.Stamp(Revision), payload.RevisionAt) { Claims = write.Claims }
            : current!.At(Revision);
        bool deleted = write.Payload is null;
        log.Append(new LogRow(Revision, slots.Resource(write.Kind), next.Namespace, next.Name, deleted, next.Json, next.RevisionAt));
        _trees![write.Kind] = deleted ? _trees[write.Kind].Without(next.Namespace, next.Name) : _trees[write.Kind].With(next);
        Changes.Add(new StagedChange(write.Kind, new StoreEvent(Revision, next, current, deleted)));
        write.Outcome = new WriteOutcome(true, next);
    }

    public void Commit()
    {
        if (Changes.Count > 0)
        {
            log.Commit();
        }
    }

    private KindTree Tree(int kind) => _trees is null ? from.Trees[kind] : _trees[kind];
}
