using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Linux.Netns;

namespace Vitrine.Bench.Cluster;

/// <summary>How long after an Ingress is written the node's gateway serves it, at so many Ingresses.</summary>
internal sealed class RouteBench(ClusterClient client, string pin, IPAddress node)
{
    // Where the proxy listens for port 80 of the Ingresses' address.
    private const int TargetPort = 10080;
    private const string Ingresses = "apis/networking.k8s.io/v1/namespaces/default/ingresses";

    /// <summary>Ingresses of a host each, which answer / by a redirect to /0. When this returns each has been given its address.</summary>
    internal async Task FillAsync(int ingresses)
    {
        await client.WriteAsync(HttpMethod.Post, "api/v1/namespaces/default/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}}""");
        var all = Enumerable.Range(0, ingresses);
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => await client.WriteAsync(HttpMethod.Post, Ingresses, Ingress(i, 0)));
        foreach (var i in all)
            while (!(await client.ReadAsync($"{Ingresses}/{Name(i)}")).Contains("\"ip\":", StringComparison.Ordinal))
                await Task.Delay(100);
    }

    /// <summary>Milliseconds from the write's start until a request is redirected to where the new Ingress says.</summary>
    internal async Task<List<double>> ChangesAsync(int ingresses, int changes)
    {
        using var asker = NetnsHandle.Open(pin).Run(() => new Asker(new IPEndPoint(node, TargetPort)));
        asker.Await(Host(ingresses - 1), 0);
        var times = new List<double>();
        for (var i = 1; i <= changes; i++)
        {
            var which = i * 14 % ingresses;
            var start = Stopwatch.GetTimestamp();
            var write = client.WriteAsync(HttpMethod.Put, $"{Ingresses}/{Name(which)}", Ingress(which, i));
            asker.Await(Host(which), i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await write;
            await Task.Delay(20);
        }
        return times;
    }

    /// <summary>Writes others of them all the time.</summary>
    internal async Task ChurnAsync(int ingresses, CancellationToken ct)
    {
        for (var i = 1; !ct.IsCancellationRequested; i++)
        {
            // Never one that is waited for: those are even.
            var which = (i * 14 + 1) % ingresses;
            await client.WriteAsync(HttpMethod.Put, $"{Ingresses}/{Name(which)}", Ingress(which, -i));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static string Name(int i) => $"route-{i}";

    private static string Host(int i) => $"route-{i}.example";

    private static string Ingress(int i, int number) => $$$"""
        {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"{{{Name(i)}}}","annotations":{"nginx.ingress.kubernetes.io/app-root":"/{{{number}}}"}},
        "spec":{"ingressClassName":"vitrine","rules":[{"host":"{{{Host(i)}}}","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}}]}}]}}
        """;

    /// <summary>Asks for a host's / over one connection until it is redirected to a number.</summary>
    private sealed class Asker : IDisposable
    {
        private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 5000 };
        private readonly byte[] buffer = new byte[4096];

        public Asker(IPEndPoint at) => socket.Connect(at);

        public void Await(string host, int number)
        {
            var request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            var wanted = Encoding.ASCII.GetBytes($"/{number}\r\n");
            for (var deadline = Environment.TickCount64 + 60_000; ;)
            {
                socket.Send(request);
                if (Answer().IndexOf(wanted) >= 0)
                    return;
                if (Environment.TickCount64 > deadline)
                    throw new TimeoutException($"{host} does not lead to /{number}: {Encoding.ASCII.GetString(buffer)}");
            }
        }

        public void Dispose() => socket.Dispose();

        /// <summary>One whole answer: its head, and as much after it as Content-Length says; chunked ones end with an empty chunk.</summary>
        private ReadOnlySpan<byte> Answer()
        {
            for (var got = 0; ;)
            {
                got += socket.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
                var seen = buffer.AsSpan(0, got);
                var end = seen.IndexOf("\r\n\r\n"u8);
                if (end < 0)
                    continue;
                var head = Encoding.ASCII.GetString(seen[..end]);
                var length = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
                if (length >= 0 ? got >= end + 4 + int.Parse(head.AsSpan(length + 16).ToString().Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture) : seen.EndsWith("0\r\n\r\n"u8))
                    return seen;
            }
        }
    }
}
