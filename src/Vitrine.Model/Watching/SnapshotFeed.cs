using System.Threading.Channels;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>What one part of a node hears of the cluster: woken when something of its kinds changed, it takes the newest snapshot.</summary>
public sealed class SnapshotFeed
{
    private readonly AgentWatch watch;
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    private bool tookEarlier;

    internal SnapshotFeed(AgentWatch watch, WatchedKinds kinds, bool orEarlier) => (this.watch, Kinds, OrEarlier) = (watch, kinds, orEarlier);

    public WatchedKinds Kinds { get; }

    public bool OrEarlier { get; }

    /// <summary>One place is enough: it says "look again", and the newest snapshot is what is looked at. Others may write to it too.</summary>
    public Channel<bool> Signal { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>
    /// The cluster as it is, and the Services (namespace/name) that changed since the last time, with <see cref="WatchedKinds.AllPods"/> the pods too; null
    /// before everything was listed.
    /// </summary>
    public (ClusterSnapshot Snapshot, HashSet<string> Changed)? Take() => watch.Take(this);

    /// <summary>Under the watch's lock.</summary>
    internal HashSet<string> TakeChanged()
    {
        var taken = new HashSet<string>(changed, StringComparer.Ordinal);
        changed.Clear();
        return taken;
    }

    /// <summary>Under the watch's lock: all Services the first time, and none later. Each of them may be gone from what is listed then, so all count as changed once more.</summary>
    internal HashSet<string> TakeEarlier(IEnumerable<string> services)
    {
        if (tookEarlier)
            return [];
        tookEarlier = true;
        changed.UnionWith(services);
        return new HashSet<string>(changed, StringComparer.Ordinal);
    }

    internal void Hear(WatchedKinds kind, HashSet<string> names)
    {
        if ((Kinds & kind) == 0)
            return;
        changed.UnionWith(names);
        Signal.Writer.TryWrite(true);
    }
}
