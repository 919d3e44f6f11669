using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>ServiceAccount tokens, as kubectl's users and pods get them.</summary>
public sealed class TokenTests(ThreeNodes cluster)
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    [Fact]
    public async Task Kubectl_makes_a_token_that_tells_who_it_is_and_may_nothing()
    {
        var ns = await cluster.NamespaceAsync("tokens");
        Assert.Contains("kubernetes-admin", await cluster.KubectlAsync("auth whoami"), StringComparison.Ordinal);
        await cluster.KubectlAsync($"create serviceaccount robot -n {ns}");
        var token = (await cluster.KubectlAsync($"create token robot -n {ns} --duration=10m")).Trim();
        var bearer = await cluster.RunAsync(["auth", "whoami", "--kubeconfig", "/dev/null", "--server", $"https://127.0.0.1:{cluster.ApiPort}", "--insecure-skip-tls-verify", "--token", token]);
        Assert.Contains($"system:serviceaccount:{ns}:robot", bearer.Output, StringComparison.Ordinal);
        var pods = await cluster.RunAsync(["get", "pods", "-n", ns, "--kubeconfig", "/dev/null", "--server", $"https://127.0.0.1:{cluster.ApiPort}", "--insecure-skip-tls-verify", "--token", token]);
        Assert.Contains($"User \"system:serviceaccount:{ns}:robot\" cannot list resource \"pods\"", pods.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await cluster.TryAsync($"create token robot -n {ns} --duration=1m")).ExitCode);

        await cluster.KubectlAsync($"delete serviceaccount robot -n {ns}");
        var after = await cluster.RunAsync(["auth", "whoami", "--kubeconfig", "/dev/null", "--server", $"https://127.0.0.1:{cluster.ApiPort}", "--insecure-skip-tls-verify", "--token", token]);
        Assert.Contains("Unauthorized", after.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_finds_its_token_the_authority_and_its_namespace()
    {
        var ns = await cluster.NamespaceAsync("in-pod");
        await cluster.PodAsync(ns, "caller", "node-2", "nginx");
        Assert.Equal(ns, await cluster.InPodAsync(ns, "caller", $"cat {Folder}/namespace"));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", await cluster.InPodAsync(ns, "caller", $"cat {Folder}/ca.crt"), StringComparison.Ordinal);
        var claims = JsonDocument.Parse(Decode((await cluster.InPodAsync(ns, "caller", $"cat {Folder}/token")).Split('.')[1])).RootElement;
        Assert.Equal($"system:serviceaccount:{ns}:default", claims.GetProperty("sub").GetString());
        Assert.Equal("caller", claims.GetProperty("kubernetes.io").GetProperty("pod").GetProperty("name").GetString());
        Assert.Equal("node-2", claims.GetProperty("kubernetes.io").GetProperty("node").GetProperty("name").GetString());
        Assert.Equal(cluster.ServiceCidr.Replace("0.0/16", "0.1", StringComparison.Ordinal), (await cluster.InPodAsync(ns, "caller", "printf %s $KUBERNETES_SERVICE_HOST")));

        // By the server's address on the bridge: it knows the pod, and lets it do nothing.
        var (call, api) = ($"curl -s -m 5 --cacert {Folder}/ca.crt -H \"Authorization: Bearer $(cat {Folder}/token)\"", $"https://{cluster.NodeCidr.Replace("0/24", "1", StringComparison.Ordinal)}:{cluster.ApiPort}");
        Assert.Contains("\"gitVersion\"", await cluster.InPodAsync(ns, "caller", $"{call} {api}/version"), StringComparison.Ordinal);
        Assert.Contains($"system:serviceaccount:{ns}:default", await cluster.InPodAsync(ns, "caller", $"{call} {api}/api/v1/pods"), StringComparison.Ordinal);
        Assert.Contains("Unauthorized", await cluster.InPodAsync(ns, "caller", $"curl -s -m 5 --cacert {Folder}/ca.crt {api}/api/v1/pods"), StringComparison.Ordinal);

        var token = await cluster.InPodAsync(ns, "caller", $"cat {Folder}/token");
        await cluster.KubectlAsync($"delete pod caller -n {ns} --now");
        await cluster.EventuallyAsync($"get pod caller -n {ns}", o => o.Contains("NotFound", StringComparison.Ordinal));
        var ghost = await cluster.RunAsync(["auth", "whoami", "--kubeconfig", "/dev/null", "--server", $"https://127.0.0.1:{cluster.ApiPort}", "--insecure-skip-tls-verify", "--token", token]);
        Assert.Contains("Unauthorized", ghost.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_wants_no_token_gets_none_and_who_wants_another_audience_gets_that()
    {
        var ns = await cluster.NamespaceAsync("projected");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: vault}
            spec:
              automountServiceAccountToken: false
              enableServiceLinks: false
              terminationGracePeriodSeconds: 1
              volumes:
              - name: token
                projected: {sources: [{serviceAccountToken: {path: vault-token, audience: vault, expirationSeconds: 600}}]}
              containers: [{name: main, image: debian, command: [sleep, infinity], volumeMounts: [{name: token, mountPath: /tokens}]}]
            """);
        await cluster.KubectlAsync($"wait pod/vault -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Contains("No such file", await cluster.InPodAsync(ns, "vault", $"ls {Folder}"), StringComparison.Ordinal);
        var claims = JsonDocument.Parse(Decode((await cluster.InPodAsync(ns, "vault", "cat /tokens/vault-token")).Split('.')[1])).RootElement;
        Assert.Equal("vault", claims.GetProperty("aud")[0].GetString());
        Assert.Equal(600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    private static string Decode(string part) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '=')));
}
