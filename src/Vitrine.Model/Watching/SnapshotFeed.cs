using System.Threading.Channels;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>What one part of a node hears of the cluster: woken when something of its kinds changed, it takes the newest snapshot.</summary>
public sealed class SnapshotFeed
{
    private readonly AgentWatch watch;
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    internal SnapshotFeed(AgentWatch watch, WatchedKinds kinds) => (this.watch, Kinds) = (watch, kinds);

    public WatchedKinds Kinds { get; }

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

    internal void Hear(WatchedKinds kind, HashSet<string> names)
    {
        if ((Kinds & kind) == 0)
            return;
        changed.UnionWith(names);
        Signal.Writer.TryWrite(true);
    }
}
