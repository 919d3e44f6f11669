using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster.Policies;

/// <summary>`vitrine explain --watch`: what becomes of a pod's connections, as it happens.</summary>
public sealed class FollowTests(SharedCluster cluster)
{
    [Fact]
    public async Task Each_connection_is_told_with_the_policy_that_decided()
    {
        var ns = await cluster.NamespaceAsync("follow");
        await Task.WhenAll(cluster.PodAsync(ns, "server", "node-1", image: "nginx", command: "exec nginx -g 'daemon off;'"), cluster.PodAsync(ns, "client", "node-1"));
        await cluster.KubectlAsync($"label pod server app=server -n {ns}");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web-only}, spec: {podSelector: {matchLabels: {app: server}}, ingress: [{ports: [{port: 80}]}]}}
            """);
        var address = (await cluster.AddressesAsync(ns, "server"))[0];
        using var following = Shell.Start(TestCluster.Vitrine, ["explain", "--watch", "pod/client", "-n", ns, "--name", cluster.Name, "-o", "json"]);
        try
        {
            // Its first lines come once it listens; until then connections are tried again.
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var trying = TryAsync(late.Token);
            JsonElement? allowed = null, dropped = null;
            while (allowed is null || dropped is null)
            {
                var line = JsonDocument.Parse(await following.StandardOutput.ReadLineAsync(late.Token) ?? throw new InvalidOperationException(await following.StandardError.ReadToEndAsync())).RootElement;
                Assert.Equal(JsonValueKind.Null, line.GetProperty("disagreement").ValueKind);
                if (Explain.Text(line, "destination") == $"pod/{ns}/server")
                    _ = line.GetProperty("allowed").GetBoolean() ? allowed = line : dropped = line;
            }
            await late.CancelAsync();
            await trying;
            Assert.Equal(($"pod/{ns}/client", $"{address}:80", "tcp"), (Explain.Text(allowed.Value, "source"), Explain.Text(allowed.Value, "destinationAddress"), Explain.Text(allowed.Value, "protocol")));
            Assert.Contains("web-only spec.ingress[0]", allowed.Value.GetProperty("policies")[0].GetString(), StringComparison.Ordinal);
            Assert.Equal($"{address}:81", Explain.Text(dropped.Value, "destinationAddress"));
            Assert.EndsWith("web-only allows none of it", dropped.Value.GetProperty("policies")[0].GetString(), StringComparison.Ordinal);
        }
        finally
        {
            following.Kill();
        }

        async Task TryAsync(CancellationToken ct)
        {
            while (!ct.IsCancellationRequested)
                await cluster.InPodAsync(ns, "client", $"for port in 80 81; do timeout 0.3 bash -c '</dev/tcp/{address}/'$port; done");
        }
    }

    [Fact]
    public async Task Whom_it_cannot_follow_is_told()
    {
        var nobody = await Shell.RunAsync(TestCluster.Vitrine, ["explain", "--watch", "pod/nobody", "--name", cluster.Name]);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("there is no pod/default/nobody", nobody.Error, StringComparison.Ordinal);
        Assert.Contains("names no pod", (await Shell.RunAsync(TestCluster.Vitrine, ["explain", "--watch", "a/b/c", "--name", cluster.Name])).Error, StringComparison.Ordinal);
        Assert.Contains("give no other place", (await Shell.RunAsync(TestCluster.Vitrine, ["explain", "host", "--watch", "pod/a", "--name", cluster.Name])).Error, StringComparison.Ordinal);
    }
}
