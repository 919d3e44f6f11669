using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Bench.Network;

/// <summary>A node: a namespace with an uplink eth0. Node N of a pair is 10.0.0.(10+N) and has the pods 10.244.N.0/24.</summary>
internal sealed class BenchNode : IDisposable
{
    private readonly string directory;
    private readonly List<BenchPod> pods = [];
    private readonly string path;

    internal BenchNode(string directory, string id, int number)
    {
        (this.directory, Id, Number) = (directory, id, number);
        path = $"{directory}/{id}.netns";
        Netns = PinnedNetns.Create(path);
        Socket = RtnetlinkSocket.OpenIn(Netns);
        Socket.SetUp("lo");
        Netns.Run(() => NetSysctl.Write("ipv4/ip_forward", "1"));
    }

    internal string Id { get; }

    internal int Number { get; }

    internal NetnsHandle Netns { get; }

    internal RtnetlinkSocket Socket { get; }

    internal IPAddress Address => IPAddress.Parse($"10.0.0.{10 + Number}");

    internal IPNetwork PodCidr => IPNetwork.Parse($"10.244.{Number}.0/24");

    /// <summary>As the cluster would know it.</summary>
    internal Node Node => new() { Name = $"node-{Number}", Uid = $"node-{Number}", Ready = true, Allocatable = default, Addresses = [Address], PodCidrs = [PodCidr] };

    /// <summary>Calls the plugin on this node as a runtime does.</summary>
    internal BenchPod AddPod(CniPlugin plugin)
    {
        var id = $"{Id}-pod{pods.Count}";
        var pin = $"{directory}/{id}.netns";
        var netns = PinnedNetns.Create(pin);
        pods.Add(new BenchPod(pin, netns, IPAddress.None));
        var answer = Command(plugin.Config, [plugin.Program],
            ("CNI_COMMAND", "ADD"), ("CNI_CONTAINERID", id), ("CNI_NETNS", pin), ("CNI_IFNAME", "eth0"), ("CNI_PATH", CniPlugins.Reference));
        using var result = JsonDocument.Parse(answer);
        var address = result.RootElement.GetProperty("ips")[0].GetProperty("address").GetString()!;
        return pods[^1] = pods[^1] with { Address = AddressOf(address) };
    }

    /// <summary>A command line in this namespace; a failure throws with what it printed.</summary>
    internal void Command(string line) => Command(null, [.. line.Split(' ')]);

    internal string Command(string? input, ImmutableArray<string> command, params (string Name, string Value)[] environment) =>
        NamespaceCommand.Run(path, input, command, environment);

    public void Dispose()
    {
        foreach (var pod in pods)
        {
            pod.Netns.Dispose();
            PinnedNetns.Remove(pod.Path);
        }
        Socket.Dispose();
        Netns.Dispose();
        PinnedNetns.Remove(path);
    }

    private static IPAddress AddressOf(string cidr) => IPAddress.Parse(cidr[..cidr.IndexOf('/')]);
}
