using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vitrine.Linux.Netns;

namespace Vitrine.Bench.Cluster;

/// <summary>
/// A hundred pods of one node under a thousand policies, ten for each pod: how long after a write packets follow, what a question costs, and whether watching one
/// pod is felt by another. The first pod is the server, the second the client; the sockets are the benchmark's own, opened in the pods' namespaces.
/// </summary>
internal sealed class PolicyBench(ClusterClient client, string vitrine, string cluster) : IDisposable
{
    private const string Pods = "api/v1/namespaces/default/pods", Policies = "apis/networking.k8s.io/v1/namespaces/default/networkpolicies";
    private const int Many = 100, PerPod = 10, Port = 5300;
    private readonly List<NetnsHandle> ends = [];
    private readonly List<IPAddress> addresses = [];

    internal async Task FillAsync(PodWatch watch)
    {
        foreach (var group in Enumerable.Range(0, Many).Chunk(20))
        {
            await Task.WhenAll(group.Select(i => client.WriteAsync(HttpMethod.Post, Pods, $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p-{{{i}}}","labels":{"pod":"{{{i}}}","group":"g{{{i % 50}}}"}},
                "spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"debian","imagePullPolicy":"IfNotPresent","command":["sleep","infinity"]}]}}
                """)));
            await Task.WhenAll(group.Select(i => watch.Running($"p-{i}")));
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, Many * PerPod), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await client.WriteAsync(HttpMethod.Post, Policies, Policy($"policy-{i}", i / PerPod, i % 49 + 1)));
        await client.WriteAsync(HttpMethod.Post, Policies, Policy("gate", 0, 1));
        await client.WriteAsync(HttpMethod.Post, Policies, Policy("back", 1, 0));
        for (var i = 0; i < 2; i++)
        {
            var pod = JsonNode.Parse(await client.ReadAsync($"{Pods}/p-{i}"))!;
            addresses.Add(IPAddress.Parse(pod["status"]!["podIP"]!.GetValue<string>()));
            ends.Add(Home(addresses[i]));
        }
    }

    /// <summary>Milliseconds from the start of a policy's write until the first datagram passes, and until the last one does.</summary>
    internal async Task<(List<double> Opened, List<double> Closed)> ChangesAsync(int changes)
    {
        using var server = Socket(ends[0], new IPEndPoint(addresses[0], Port));
        using var sender = Socket(ends[1], new IPEndPoint(addresses[1], 0));
        sender.Connect(addresses[0], Port);
        var (opened, closed) = (new List<double>(), new List<double>());
        for (var i = 0; i < changes; i++)
        {
            // The client is of group 1.
            var start = Stopwatch.GetTimestamp();
            var write = client.WriteAsync(HttpMethod.Put, $"{Policies}/gate", Policy("gate", 0, i % 2 == 0 ? 1 : 999));
            var last = start;
            for (var open = i % 2 == 0; ;)
            {
                sender.Send([1]);
                if (server.Poll(500, SelectMode.SelectRead))
                {
                    server.Receive(new byte[8]);
                    last = Stopwatch.GetTimestamp();
                    if (open)
                        break;
                }
                else if (!open && write.IsCompleted && Stopwatch.GetElapsedTime(last).TotalMilliseconds > 200)
                    break;
                if (Stopwatch.GetElapsedTime(start).TotalSeconds > 10)
                    throw new TimeoutException($"change {i} is not felt");
            }
            (i % 2 == 0 ? opened : closed).Add(Stopwatch.GetElapsedTime(start, last).TotalMilliseconds);
            await write;
        }
        return (opened, closed);
    }

    /// <summary>Milliseconds of a whole `vitrine explain`, the command's own start and the reading of the cluster in it.</summary>
    internal async Task<List<double>> ExplainAsync(int times)
    {
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var command = Start("explain", "pod/p-1", $"pod/p-0:{Port}/udp", "--no-probe", "-o", "json");
            var said = await command.StandardOutput.ReadToEndAsync();
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await command.WaitForExitAsync();
            if (!said.Contains("\"verdict\"", StringComparison.Ordinal))
                throw new InvalidOperationException(said);
        }
        return took;
    }

    /// <summary>Microseconds of a request and its answer while nobody is watched, and while another pod is, in turns.</summary>
    internal async Task<(List<double> Alone, List<double> Watched)> WatchedAsync(int rounds)
    {
        await client.WriteAsync(HttpMethod.Put, $"{Policies}/gate", Policy("gate", 0, 1));
        await Task.Delay(500);
        var (alone, watched) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var quiet = PingPong();
            using var command = Start("explain", "--watch", "pod/p-7");
            await Task.Delay(3000);
            var beside = PingPong();
            command.Kill();
            await command.WaitForExitAsync();
            await Task.Delay(500);
            if (round < 0)
                continue;
            alone.Add(quiet);
            watched.Add(beside);
        }
        return (alone, watched);
    }

    public void Dispose() => ends.ForEach(e => e.Dispose());

    private double PingPong()
    {
        using var server = Socket(ends[0], new IPEndPoint(addresses[0], Port));
        using var asker = Socket(ends[1], new IPEndPoint(addresses[1], Port));
        var thread = new Thread(() =>
        {
            var buffer = new byte[8];
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            while (server.ReceiveFrom(buffer, ref from) > 0 && buffer[0] != 0)
                server.SendTo(buffer.AsSpan(0, 1), from);
        });
        thread.Start();
        asker.Connect(addresses[0], Port);
        asker.ReceiveTimeout = 2000;
        var times = new double[10_000];
        var octet = new byte[1];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            asker.Send([1]);
            asker.Receive(octet);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        asker.Send([0]);
        thread.Join();
        return times.Order().ElementAt(times.Length / 2);
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(vitrine, [.. arguments, "--name", cluster]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static Socket Socket(NetnsHandle netns, IPEndPoint at)
    {
        var socket = netns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(at);
        return socket;
    }

    /// <summary>Of all namespaces that a process is in, the one where a socket can have that address.</summary>
    private static NetnsHandle Home(IPAddress address)
    {
        var seen = new HashSet<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                if (new FileInfo($"{folder}/ns/net").LinkTarget is not { } link || !seen.Add(link))
                    continue;
                var netns = NetnsHandle.OpenByPid(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                Socket(netns, new IPEndPoint(address, 0)).Dispose();
                return netns;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It has ended, or is another's.
            }
        }
        throw new InvalidOperationException($"no process is in the namespace of {address}");
    }

    private static string Policy(string name, int pod, int group) => $$$$"""
        {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"{{{{name}}}}"},"spec":{"podSelector":{"matchLabels":{"pod":"{{{{pod}}}}"}},
        "ingress":[{"from":[{"podSelector":{"matchLabels":{"group":"g{{{{group}}}}"}}}],"ports":[{"protocol":"UDP","port":{{{{(name is "gate" or "back" ? Port : 9000)}}}}}]}]}}
        """;
}
