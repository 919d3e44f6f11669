using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Kernel.Cni;

public sealed class BandwidthTests : IDisposable
{
    // 20 Mbit/s for a second and a half; long enough that the burst is no tenth of it.
    private const int Rate = 20_000_000, Burst = 800_000, Bytes = Rate / 8 * 3 / 2;
    private readonly PluginNetwork network = new();
    private readonly ThrowAwayNetns pod, other;

    public BandwidthTests() => (pod, other) = (network.NewPod(), network.NewPod());

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData("routed", true)]
    [InlineData("routed", false)]
    [InlineData("bridge", true)]
    [InlineData("bridge", false)]
    public void A_transfer_runs_at_the_rate_asked_for(string mode, bool toPod)
    {
        network.Add("a", pod, Limited(mode, toPod ? Rate : 0, toPod ? 0 : Rate)).Succeeds();
        network.Add("b", other, network.Config(mode: mode)).Succeeds();
        // A busy machine can be slower than the limit, and only a limit that is wrong is so every time; faster it never may be.
        var seconds = 0.0;
        for (var attempt = 0; attempt < 4 && (attempt == 0 || BitsPerSecond() < Rate * 0.8); attempt++)
        {
            seconds = toPod ? Transfer(other, pod, "10.244.0.2") : Transfer(pod, other, "10.244.0.3");
            Assert.True(BitsPerSecond() <= Rate * 1.2, $"{BitsPerSecond()} bits a second");
        }
        Assert.True(BitsPerSecond() >= Rate * 0.8, $"{BitsPerSecond()} bits a second");

        // The other way is not limited.
        Assert.True((toPod ? Transfer(pod, other, "10.244.0.3") : Transfer(other, pod, "10.244.0.2")) < seconds / 2);

        double BitsPerSecond() => (Bytes * 8.0 - Burst) / seconds;
    }

    [Fact]
    public void Check_misses_a_limit_and_del_leaves_no_queue()
    {
        var config = Limited("routed", Rate, Rate);
        config["prevResult"] = network.Add("a", pod, config).Succeeds().Json.DeepClone();
        network.Call("CHECK", "a", pod.Path, config).Succeeds();
        var ifb = Assert.Single(network.Ifbs());
        Assert.Equal(network.Attached()[0].Alias, ifb.Alias);
        network.Host.Socket.DeleteLink(ifb.Name);
        Assert.Contains(ifb.Name, (string)network.Call("CHECK", "a", pod.Path, config).Json["msg"]!);
        network.Del("a", pod).Succeeds();
        network.Add("a", pod, config).Succeeds();
        network.Del("a", pod).Succeeds();
        network.WaitUntilClean();
    }

    [Fact]
    public void The_ifb_of_a_pod_that_vanished_is_collected()
    {
        var gone = new ThrowAwayNetns();
        network.Add("a", gone, Limited("routed", 0, Rate)).Succeeds();
        gone.Dispose();
        PluginNetwork.WaitFor(() => network.Attached().Count == 0, () => "the kernel keeps the link");
        var gc = network.Config("1.1.0");
        gc["cni.dev/valid-attachments"] = new JsonArray();
        network.CallRaw(gc.ToJsonString(), null, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/x")).Succeeds();
        network.WaitUntilClean();
    }

    [Fact]
    public void A_burst_left_open_by_the_runtime_does_not_undo_the_limit()
    {
        var config = Limited("routed", Rate, 0);
        config["runtimeConfig"]!["bandwidth"]!["ingressBurst"] = uint.MaxValue;
        network.Add("a", pod, config).Succeeds();
        network.Add("b", other).Succeeds();
        Assert.InRange(Bytes * 8.0 / Transfer(other, pod, "10.244.0.2"), Rate * 0.8, Rate * 1.25);
    }

    private JsonObject Limited(string mode, long ingress, long egress)
    {
        var config = network.Config(mode: mode);
        config["runtimeConfig"] = new JsonObject
        {
            ["bandwidth"] = new JsonObject
            {
                ["ingressRate"] = ingress, ["ingressBurst"] = ingress == 0 ? 0 : Burst, ["egressRate"] = egress, ["egressBurst"] = egress == 0 ? 0 : Burst,
            },
        };
        return config;
    }

    /// <summary>Seconds from the first byte to the last one received.</summary>
    private static double Transfer(ThrowAwayNetns from, ThrowAwayNetns to, string address)
    {
        using var listener = Traffic.Listen(to, 5001);
        using var client = from.Handle.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(IPAddress.Parse(address), 5001);
        using var server = listener.Accept();
        var sending = Task.Run(() => client.Send(new byte[Bytes]));
        var buffer = new byte[64 * 1024];
        var clock = Stopwatch.StartNew();
        for (var received = 0; received < Bytes;)
            received += server.Receive(buffer);
        var seconds = clock.Elapsed.TotalSeconds;
        sending.Wait();
        return seconds;
    }
}
