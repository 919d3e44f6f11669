using k8s;
using k8s.Models;

namespace Vitrine.Control.Pods;

/// <summary>
/// "Wait until my own writes are visible": after creating or deleting, an owner is not judged again by a snapshot that does not
/// show it yet, or it would make or remove a second one. Given up after five minutes, as upstream does.
/// </summary>
internal sealed class Expectations(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Lock guard = new();
    private readonly Dictionary<string, Expected> open = [];

    private sealed record Expected(HashSet<string> Gone, DateTimeOffset Until)
    {
        public long Revision { get; set; }
    }

    /// <summary>An object was made at that version.</summary>
    public void Created(string owner, string? resourceVersion)
    {
        lock (guard)
        {
            var expected = Of(owner);
            expected.Revision = Math.Max(expected.Revision, ObjectSet<V1Pod>.RevisionOf(resourceVersion));
        }
    }

    /// <summary>An object was told to go.</summary>
    public void Deleted(string owner, string uid)
    {
        lock (guard)
        {
            Of(owner).Gone.Add(uid);
        }
    }

    /// <summary>The snapshot shows all that was written for this owner.</summary>
    public bool AreMet<T>(string owner, ObjectSet<T> set)
        where T : class, IMetadata<V1ObjectMeta>
    {
        lock (guard)
        {
            if (!open.TryGetValue(owner, out var expected))
            {
                return true;
            }

            if (expected.Until > time.GetUtcNow() && (expected.Revision > set.Revision || expected.Gone.Count > 0 && set.OwnedBy(owner).Values.Any(o => o.Metadata.DeletionTimestamp is null && expected.Gone.Contains(o.Metadata.Uid))))
            {
                return false;
            }

            open.Remove(owner);
            return true;
        }
    }

    private Expected Of(string owner)
    {
        if (!open.TryGetValue(owner, out var expected))
        {
            open[owner] = expected = new Expected([], time.GetUtcNow() + Patience);
        }

        return expected;
    }
}
