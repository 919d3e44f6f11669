using System.Collections.Immutable;
using Vitrine.ApiServer.Errors;

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

        IReadOnlyList<JointChange> joint;
        try
        {
            joint = write.Joint?.Invoke(Tree) ?? [];
        }
        catch (ApiException refused)
        {
            write.Refusal = refused;
            return;
        }

        StoredObject next = Append(write.Kind, write.Namespace, write.Name, write.Payload, write.Claims, current);
        foreach (JointChange change in joint)
        {
            Append(change.Kind, change.Current.Namespace, change.Current.Name, change.Payload, change.Current.Claims, change.Current);
        }

        write.Outcome = new WriteOutcome(true, next);
    }

    public void Commit()
    {
        if (Changes.Count > 0)
        {
            log.Commit();
        }
    }

    private StoredObject Append(int kind, string ns, string name, ObjectPayload? payload, IReadOnlyList<string> claims, StoredObject? current)
    {
        if (Changes.Count == 0)
        {
            log.Begin();
            _trees = [.. from.Trees];
        }

        Revision++;
        StoredObject next = payload is { } written
            ? new StoredObject(ns, name, Revision, written.Stamp(Revision), written.RevisionAt) { Claims = claims }
            : current!.At(Revision);
        bool deleted = payload is null;
        log.Append(new LogRow(Revision, slots.Resource(kind), next.Namespace, next.Name, deleted, next.Json, next.RevisionAt));
        _trees![kind] = deleted ? _trees[kind].Without(next.Namespace, next.Name) : _trees[kind].With(next);
        Changes.Add(new StagedChange(kind, new StoreEvent(Revision, next, current, deleted)));
        return next;
    }

    private KindTree Tree(int kind) => _trees is null ? from.Trees[kind] : _trees[kind];
}
