using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>No packet for a cluster's ranges leaves by the host's own uplink.</summary>
public sealed class UplinkTests(SharedCluster cluster)
{
    [Fact]
    public async Task Nothing_for_the_clusters_ranges_is_seen_on_the_uplink()
    {
        var uplink = (await Shell.RunAsync("ip", ["-o", "route", "show", "default"])).Output.Split(' ') is [_, _, _, _, var device, ..] ? device : "lo";
        using var watch = Shell.Start("tcpdump", ["-i", uplink, "-n", "-l", "--immediate-mode", $"net {cluster.PodCidr} or net {cluster.ServiceCidr} or net {cluster.NodeCidr}"]);
        while (await watch.StandardError.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token) is { } line && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }

        var ns = await cluster.NamespaceAsync("uplink");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");

        // From the host: a pod address nobody has, a Service address, an address at the end of the pod range.
        foreach (var target in new[] { cluster.PodCidr.Replace(".0.0/16", ".77.77", StringComparison.Ordinal), cluster.ServiceCidr.Replace(".0.0/16", ".0.10", StringComparison.Ordinal), cluster.PodCidr.Replace(".0.0/16", ".255.254", StringComparison.Ordinal) })
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            var refused = Assert.ThrowsAny<SocketException>(() => socket.SendTo([1], new IPEndPoint(IPAddress.Parse(target), 9)));
            Assert.Contains(refused.SocketErrorCode, new[] { SocketError.InvalidArgument, SocketError.NetworkUnreachable, SocketError.HostUnreachable });
        }

        // From a pod: other pods' and Services' addresses, which must not find their way out through the node.
        var inside = cluster.ServiceCidr.Replace(".0.0/16", ".0.10", StringComparison.Ordinal);
        await cluster.TryAsync($"exec box -n {ns} -- curl -s --max-time 1 http://{inside}");
        await cluster.TryAsync($"exec box -n {ns} -- curl -s --max-time 1 http://{cluster.PodCidr.Replace(".0.0/16", ".77.77", StringComparison.Ordinal)}");

        watch.Kill();
        Assert.Equal("", await watch.StandardOutput.ReadToEndAsync());
        Assert.Contains(NetworkInterface.GetAllNetworkInterfaces(), i => i.Name == $"vtr-{cluster.Name}");
    }
}
