using System.Diagnostics;
using System.Net;
using k8s;
using Vitrine.Bench.Scale;

// serve DIRECTORY ADDRESS PORT NODES SERVICES PODS                    the API server's process
// run DIRECTORY ADDRESS PORT NODES SERVICES PODS SYSFS NETNS PART …   see run.sh; SYSFS is one of this namespace, NETNS a file that names the node's
//   vitrine PATH, proxy PATH: one agent; crowd N: the watches of so many agents
if (args is ["serve", var folder, var listen, var number, var ns, var ss, var ps])
{
    await Served.RunAsync(folder, IPAddress.Parse(listen), int.Parse(number), new Town(int.Parse(ns), int.Parse(ss), int.Parse(ps)));
    return 0;
}
if (args is not ["run", var directory, var address, var port, var nodes, var services, var pods, var sysfs, var netns, .. var parts])
{
    Console.Error.WriteLine("usage: see run.sh");
    return 2;
}

// Shorter for a look at whether it works.
var rest = int.Parse(Environment.GetEnvironmentVariable("SCALE_REST") ?? "60");
var town = new Town(int.Parse(nodes), int.Parse(services), int.Parse(pods));
Console.WriteLine($"{nodes} nodes, {services} Services, {pods} pods");
using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", directory, address, port, nodes, services, pods]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
while (await child.StandardOutput.ReadLineAsync() is var line and not "ready")
    Console.WriteLine(line ?? throw new InvalidOperationException("the server did not start"));
var server = new Sampled(child.Id);
Console.WriteLine($"server RSS {server.Rss:0} MB");
using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile($"{directory}/bench.kubeconfig"));
var simulation = new Simulation(api, town);
using var end = new CancellationTokenSource();
// A kubelet renews its lease every 10 s and reports its health every 5 min.
var resting = simulation.RestAsync(town.Nodes / 10.0, town.Nodes / 300.0, end.Token);
for (var i = 0; i + 1 < parts.Length; i += 2)
    switch (parts[i])
    {
        case "vitrine":
            await AgentAsync("vitrine", "agent", parts[i + 1], "node", "--components", "all", "--kubeconfig", $"{directory}/agent.kubeconfig", "--node-name", "node-0", "--data-dir", $"{directory}/d", "--run-dir", $"{directory}/r",
                "--cni-bin-dir", $"{directory}/bin", "--cni-conf-dir", $"{directory}/conf", "--cluster-dns", "10.96.200.10", "--dns-upstream", "none", "--service-cidr", "10.96.0.0/16");
            break;
        case "proxy":
            await File.WriteAllTextAsync($"{directory}/proxy.yaml", $$"""
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                clientConnection: {kubeconfig: {{directory}}/proxy.kubeconfig, contentType: application/json, acceptContentTypes: application/json}
                featureGates: {EndpointSliceProxying: false}
                mode: iptables
                hostnameOverride: node-0
                bindAddress: {{town.NodeAddress(0)}}
                clusterCIDR: 10.0.0.0/11
                conntrack: {maxPerCore: 0}
                """);
            await AgentAsync("kube-proxy", "proxy", parts[i + 1], "--config", $"{directory}/proxy.yaml");
            break;
        case "crowd":
            await CrowdAsync(int.Parse(parts[i + 1]));
            break;
        default:
            throw new ArgumentException($"no such part: {parts[i]}");
    }
await end.CancelAsync();
await resting;
Console.WriteLine($"{simulation.Written} writes by the simulation, {simulation.Failed} failed; server RSS {server.Rss:0} MB");
child.StandardInput.Close();
await child.WaitForExitAsync();
return 0;

async Task AgentAsync(string name, string user, params string[] command)
{
    var asked = new Asked($"{directory}/audit.log", user);
    asked.Take();
    var agent = Sampled.Start($"{directory}/{name}.log", ["nsenter", $"--net={netns}", .. command]);
    var measurement = new Measurement(agent, server, asked, $"{sysfs}/class/net/node/statistics/tx_bytes", name);
    try
    {
        await measurement.SyncAsync(TimeSpan.FromSeconds(100));
        await measurement.StretchAsync($"at rest, {rest} s", TimeSpan.FromSeconds(rest));
        using (var over = new CancellationTokenSource())
        {
            var churn = simulation.ChurnAsync(50, 0, over.Token);
            await measurement.StretchAsync("50 pods change a second, 20 s", TimeSpan.FromSeconds(20), () => simulation.Changed);
            await over.CancelAsync();
            await churn;
        }
        using (var over = new CancellationTokenSource())
        {
            var churn = simulation.ChurnAsync(0, 20, over.Token);
            await measurement.StretchAsync("20 slices change a second, 20 s", TimeSpan.FromSeconds(20), () => simulation.Changed);
            await over.CancelAsync();
            await churn;
        }
    }
    finally
    {
        agent.End();
    }
}

async Task CrowdAsync(int agents)
{
    using var crowd = new Crowd();
    var start = Stopwatch.GetTimestamp();
    await crowd.GrowAsync($"{directory}/bench.kubeconfig", agents);
    Console.WriteLine($"crowd        {agents} agents' watches opened in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s; server RSS {server.Rss:0} MB");
    await StretchAsync("at rest", null);
    foreach (var rate in new[] { 5, 20 })
    {
        using var over = new CancellationTokenSource();
        var churn = simulation.ChurnAsync(rate, rate / 5.0, over.Token);
        await StretchAsync($"{rate} pods and {rate / 5.0:0.#} slices change a second", over);
        await churn;
    }

    async Task StretchAsync(string what, CancellationTokenSource? over)
    {
        var (cpu, bytes, began, all) = (server.CpuSeconds, crowd.Bytes, Stopwatch.GetTimestamp(), new List<double>());
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(500);
            all.AddRange(await crowd.MarkAsync(api));
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        all.Sort();
        var heard = all.Count == 0 ? "no change is heard in time" : $"a namespace's change is heard after p50 {all[all.Count / 2]:0.0}, p99 {all[all.Count * 99 / 100]:0.0}, last {all[^1]:0} ms";
        Console.WriteLine($"crowd        {what,-44} server {(server.CpuSeconds - cpu) / seconds * 100:0} % of a core; {(crowd.Bytes - bytes) / seconds / 1048576:0.0} MiB/s; {heard}; {all.Count} of {20 * crowd.Count} heard, {crowd.Ended} watches ended");
        if (over is not null)
            await over.CancelAsync();
    }
}
