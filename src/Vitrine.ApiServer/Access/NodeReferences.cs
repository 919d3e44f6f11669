using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Which pods are on which node, and what they refer to. Follows the changes of pods when it is asked, not before; what a pod refers to is read when a node
/// asks for such a thing, once per version.
/// </summary>
internal sealed class NodeReferences
{
    private readonly ObjectStore store;
    private readonly Kind? kind;
    private readonly Lock following = new();
    private readonly Dictionary<string, Dictionary<string, Held>> nodes = new(StringComparer.Ordinal);
    private readonly List<StoreEvent> changes = [];
    private long seen = -1;

    public NodeReferences(ObjectStore store, IReadOnlyList<Kind> served)
    {
        this.store = store;
        kind = served.FirstOrDefault(static k => k is { Group: "", Plural: "pods" });
    }

    /// <summary>A pod of a node, and what it refers to once somebody asked.</summary>
    private sealed class Held(StoredObject pod)
    {
        private HashSet<ObjectReference>? references;

        public HashSet<ObjectReference> References => references ??= PodReferences.Of(pod.Parse());
    }

    public bool IsOn(string node, string ns, string name) => kind is not null && store.Find(kind, ns, name) is { } pod && NodeOf(pod) == node;

    /// <summary>True when a pod of the node refers to it.</summary>
    public bool Refers(string node, ObjectReference reference)
    {
        if (kind is null)
        {
            return false;
        }
        lock (following)
        {
            Follow(kind);
            return nodes.TryGetValue(node, out var pods) && pods.Values.Any(pod => pod.References.Contains(reference));
        }
    }

    private void Follow(Kind kind)
    {
        // The order matters: what is in the window by now, is at least what this snapshot has.
        var snapshot = store.Snapshot;
        if (snapshot.Revision == seen)
        {
            return;
        }
        changes.Clear();
        if (seen < 0 || !store.Window(kind).TryRead(seen, changes, int.MaxValue))
        {
            nodes.Clear();
            foreach (var pod in snapshot.Trees[store.IndexOf(kind)].List(null))
            {
                Put(pod);
            }
        }
        foreach (var change in changes)
        {
            if (change.Previous is { } before && nodes.TryGetValue(NodeOf(before), out var pods))
            {
                pods.Remove(Key(before));
            }
            if (!change.Deleted)
            {
                Put(change.Object);
            }
        }
        seen = Math.Max(snapshot.Revision, changes.Count > 0 ? changes[^1].Revision : 0);
    }

    private void Put(StoredObject pod)
    {
        if (NodeOf(pod) is not { Length: > 0 } node)
        {
            return;
        }
        if (!nodes.TryGetValue(node, out var pods))
        {
            nodes.Add(node, pods = new Dictionary<string, Held>(StringComparer.Ordinal));
        }
        pods[Key(pod)] = new Held(pod);
    }

    private static string Key(StoredObject pod) => KindTree.Key(pod.Namespace, pod.Name);

    private string NodeOf(StoredObject pod) => pod.Fields(kind!).GetValueOrDefault("spec.nodeName", "");
}
