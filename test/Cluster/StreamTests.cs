using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>exec, cp and port-forward beyond the plain case.</summary>
public sealed class StreamTests(SharedCluster cluster)
{
    [Fact]
    public async Task Many_commands_at_once_keep_their_streams_and_exit_codes_apart()
    {
        var ns = await cluster.NamespaceAsync("streams-many");
        await cluster.PodAsync(ns, "box", "node-1");
        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            cluster.RunAsync(["exec", "-i", "-n", ns, "box", "--", "sh", "-c", $"cat; echo err-{i} >&2; exit {i}"], $"in-{i}\n", TimeSpan.FromSeconds(60))));
        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal((i, $"in-{i}\n"), (results[i].ExitCode, results[i].Output));
            Assert.Contains($"err-{i}\n", results[i].Error, StringComparison.Ordinal);
        }

        // 137 and 143 are the shell's words for signals; 126 and 127 those for what cannot be run.
        Assert.Equal(143, (await cluster.RunAsync(["exec", "-n", ns, "box", "--", "sh", "-c", "kill -TERM $$"])).ExitCode);
        Assert.Equal(127, (await cluster.RunAsync(["exec", "-n", ns, "box", "--", "sh", "-c", "no-such-program"])).ExitCode);
        var missing = await cluster.RunAsync(["exec", "-n", ns, "box", "--", "no-such-program"]);
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("no-such-program", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_copied_in_and_out_unchanged()
    {
        var ns = await cluster.NamespaceAsync("streams-cp");
        await cluster.PodAsync(ns, "box", "node-1");
        var (sent, got) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            var bytes = new byte[3 << 20];
            new Random(1).NextBytes(bytes);
            File.WriteAllBytes(sent, bytes);
            var up = await cluster.RunAsync(["cp", sent, $"{ns}/box:/tmp/f"], limit: TimeSpan.FromSeconds(60));
            Assert.True(up.ExitCode == 0, up.All);
            var down = await cluster.RunAsync(["cp", $"{ns}/box:/tmp/f", got], limit: TimeSpan.FromSeconds(60));
            Assert.True(down.ExitCode == 0, down.All);
            Assert.Equal(bytes, File.ReadAllBytes(got));
        }
        finally
        {
            File.Delete(sent);
            File.Delete(got);
        }
    }

    [Fact]
    public async Task Forwarded_connections_are_many_and_end_by_halves()
    {
        var ns = await cluster.NamespaceAsync("streams-forward");
        await cluster.PodAsync(ns, "web", "node-1", "nginx", "exec nginx -g 'daemon off;'");
        using var forward = Shell.Start("kubectl", ["--kubeconfig", cluster.Kubeconfig, "port-forward", "-n", ns, "pod/web", ":80"]);
        try
        {
            var line = await forward.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            var port = int.Parse(line!.Split(':')[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(port)));
            Assert.All(answers, a => Assert.StartsWith("HTTP/1.1 200", a, StringComparison.Ordinal));
        }
        finally
        {
            forward.Kill();
        }
    }

    /// <summary>Says all it has to say, closes its half, and reads to the end.</summary>
    private static async Task<string> AskAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\nHost: x\r\n\r\n"));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
