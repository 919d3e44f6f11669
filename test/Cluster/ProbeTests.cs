using Xunit;

namespace Vitrine.Cluster;

/// <summary>Probes on a real node: each kind succeeds and fails, and what follows from it.</summary>
public sealed class ProbeTests(ThreeNodes cluster)
{
    // nginx as a gRPC server: the answer is a file, the status a trailer (grpc.health.v1.HealthCheckResponse: 1 SERVING, 2 NOT_SERVING).
    private const string Grpc = """
        mkdir -p /www/grpc.health.v1.Health
        printf '\000\000\000\000\002\010\001' > /www/grpc.health.v1.Health/Check
        printf 'events {} http { server { listen 5000 http2; listen [::]:5000 http2; root /www; default_type application/grpc; add_trailer grpc-status 0; location / { error_page 405 =200 $uri; } } }' > /tmp/nginx.conf
        exec nginx -c /tmp/nginx.conf -g 'daemon off;'
        """;

    [Fact]
    public async Task A_failing_readiness_probe_takes_a_pod_out_of_the_endpoints_and_back()
    {
        var ns = await cluster.NamespaceAsync("readiness");
        await ApplyAsync(ns, "a", "nginx", "mkdir -p /www && touch /www/ok && printf 'events {} http { server { listen 8080; root /www; } }' > /tmp/c && exec nginx -c /tmp/c -g 'daemon off;'", "readinessProbe: {httpGet: {path: /ok, port: web, httpHeaders: [{name: X-Probe, value: probed}]}, periodSeconds: 1, failureThreshold: 1}", "ports: [{name: web, containerPort: 8080}]");
        await ApplyAsync(ns, "b", "nginx", "exec nginx -g 'daemon off;'", "readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}");
        await cluster.KubectlAsync($"create service clusterip web --tcp=80:web -n {ns}");
        await cluster.KubectlAsync($"create service clusterip both --tcp=80:80 -n {ns}");
        foreach (var service in (string[])["web", "both"])
        {
            await cluster.KubectlAsync($"set selector service {service} app=probed -n {ns}");
        }

        await cluster.KubectlAsync($"wait pod/a pod/b -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await ReadyAsync(ns, "both", "true true");
        await cluster.InPodAsync(ns, "a", "rm /www/ok");
        await cluster.KubectlAsync($"wait pod/a -n {ns} --for=condition=Ready=false --timeout=30s");
        await ReadyAsync(ns, "both", "false true");
        Assert.Contains("Readiness probe failed: HTTP probe failed with statuscode: 404", await cluster.EventuallyAsync($"get events -n {ns} --field-selector reason=Unhealthy", o => o.Contains("404", StringComparison.Ordinal)), StringComparison.Ordinal);
        var address = (await cluster.AddressesAsync(ns, "a"))[0];
        Assert.Equal(address, await cluster.KubectlAsync($"get endpoints both -n {ns} -o jsonpath={{.subsets[*].notReadyAddresses[*].ip}}"));
        Assert.Equal("0", await cluster.KubectlAsync($"get pod a -n {ns} -o jsonpath={{.status.containerStatuses[0].restartCount}}"));

        await cluster.InPodAsync(ns, "a", "touch /www/ok");
        await ReadyAsync(ns, "both", "true true");
    }

    [Fact]
    public async Task A_liveness_probe_restarts_a_container_within_the_time_it_leaves()
    {
        var ns = await cluster.NamespaceAsync("liveness");
        // It ignores the signal: only the probe's own grace period, not the pod's ten minutes, ends it soon.
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: deaf}
            spec:
              terminationGracePeriodSeconds: 600
              containers:
              - name: main
                image: debian
                command: [/bin/sh, -c, "trap '' TERM; touch /tmp/alive; while true; do sleep 1; done"]
                livenessProbe: {exec: {command: [cat, /tmp/alive]}, periodSeconds: 1, failureThreshold: 2, terminationGracePeriodSeconds: 1}
            """);
        await cluster.KubectlAsync($"wait pod/deaf -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.InPodAsync(ns, "deaf", "rm /tmp/alive");
        await cluster.EventuallyAsync($"get pod deaf -n {ns} -o jsonpath={{.status.containerStatuses[0].restartCount}}", o => o == "1");
        var events = await cluster.EventuallyAsync($"get events -n {ns}", o => o.Contains("will be restarted", StringComparison.Ordinal));
        Assert.Contains("Liveness probe failed: cat: /tmp/alive: No such file or directory", events, StringComparison.Ordinal);
        Assert.Contains("Container main failed liveness probe, will be restarted", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_startup_probe_holds_the_others_back_and_fails_in_the_end()
    {
        var ns = await cluster.NamespaceAsync("startup");
        await ApplyAsync(ns, "slow", "debian", "sleep 4; touch /tmp/up; sleep infinity", "startupProbe: {exec: {command: [test, -e, /tmp/up]}, periodSeconds: 1, failureThreshold: 30}, livenessProbe: {exec: {command: [test, -e, /tmp/up]}, periodSeconds: 1, failureThreshold: 1}");
        await ApplyAsync(ns, "never", "debian", "sleep infinity", "startupProbe: {tcpSocket: {port: 1}, periodSeconds: 1, failureThreshold: 2}");
        await cluster.KubectlAsync($"wait pod/slow -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("true/0", await cluster.KubectlAsync($"get pod slow -n {ns} -o jsonpath={{.status.containerStatuses[0].started}}/{{.status.containerStatuses[0].restartCount}}"));
        await cluster.EventuallyAsync($"get pod never -n {ns} -o jsonpath={{.status.containerStatuses[0].restartCount}}", o => o is not ("" or "0"));
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name=never", o => o.Contains("Container main failed startup probe, will be restarted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grpc_probe_asks_the_health_service()
    {
        var ns = await cluster.NamespaceAsync("grpc");
        await ApplyAsync(ns, "rpc", "nginx", Grpc, "readinessProbe: {grpc: {port: 5000, service: db}, periodSeconds: 1, failureThreshold: 1}");
        await cluster.KubectlAsync($"wait pod/rpc -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.InPodAsync(ns, "rpc", "printf '\\000\\000\\000\\000\\002\\010\\002' > /www/grpc.health.v1.Health/Check");
        await cluster.KubectlAsync($"wait pod/rpc -n {ns} --for=condition=Ready=false --timeout=30s");
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector reason=Unhealthy", o => o.Contains("Readiness probe failed: service unhealthy (responded with \"NOT_SERVING\")", StringComparison.Ordinal));
        await ApplyAsync(ns, "plain", "nginx", "exec nginx -g 'daemon off;'", "readinessProbe: {grpc: {port: 80}, periodSeconds: 1}");
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector reason=Unhealthy,involvedObject.name=plain", o => o.Contains("failed", StringComparison.Ordinal));
        Assert.Equal("False", await cluster.KubectlAsync($"get pod plain -n {ns} -o jsonpath={{.status.conditions[?(@.type==\"Ready\")].status}}"));
    }

    [Fact]
    public async Task A_readiness_gate_waits_for_its_condition()
    {
        var ns = await cluster.NamespaceAsync("gate");
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + """{apiVersion: v1, kind: Pod, metadata: {name: gated}, spec: {readinessGates: [{conditionType: example.com/open}], terminationGracePeriodSeconds: 1, containers: [{name: c, image: debian, command: [sleep, infinity]}]}}""");
        await cluster.KubectlAsync($"wait pod/gated -n {ns} --for=condition=ContainersReady --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("ReadinessGatesNotReady", await cluster.KubectlAsync($"get pod gated -n {ns} -o jsonpath={{.status.conditions[?(@.type==\"Ready\")].reason}}"));
        await cluster.RunAsync(["patch", "pod", "gated", "-n", ns, "--subresource=status", "-p", """{"status":{"conditions":[{"type":"example.com/open","status":"True"}]}}"""]);
        await cluster.KubectlAsync($"wait pod/gated -n {ns} --for=condition=Ready --timeout=30s");
    }

    private Task ReadyAsync(string ns, string service, string wanted) => cluster.EventuallyAsync(
        $"get endpointslices -n {ns} -l kubernetes.io/service-name={service} -o jsonpath={{.items[0].endpoints[*].conditions.ready}}",
        o => string.Join(' ', o.Split(' ').Order(StringComparer.Ordinal)) == wanted);

    private async Task ApplyAsync(string ns, string name, string image, string command, string probe, string more = "")
    {
        var given = await cluster.RunAsync(["apply", "-n", ns, "-f", "-"], $$$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{{name}}}, labels: {app: probed}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: {{{image}}}
                command: [/bin/sh, -c, {{{System.Text.Json.JsonSerializer.Serialize(command)}}}]
                {{{probe.Replace("}, livenessProbe", "}\n    livenessProbe", StringComparison.Ordinal)}}}
                {{{more}}}
            """);
        Assert.True(given.ExitCode == 0, given.All);
    }
}
