using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Dataplane;

/// <summary>A pod of the lab.</summary>
internal sealed class LabPod(LabNode node, string space, string name, string hostLink, IPAddress v4, IPAddress v6) : IDisposable
{
    public LabNode Node => node;

    public ThrowAwayNetns Netns { get; } = new();

    /// <summary>The node's end of its veth.</summary>
    public string HostLink => hostLink;

    public IPAddress V4 => v4;

    public IPAddress V6 => v6;

    public Pod Pod { get; set; } = new()
    {
        Namespace = space, Name = name, Uid = $"uid-of-{name}", NodeName = node.Node.Name, SchedulerName = "", Requests = default, Phase = "Running", Ready = true, Addresses = [v4, v6],
    };

    public void Dispose() => Netns.Dispose();
}
