using Xunit;

namespace Vitrine.Cluster;

/// <summary>Who may do what, as kubectl, a pod and a node meet it.</summary>
public sealed class AccessTests(ThreeNodes cluster)
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    [Fact]
    public async Task A_role_is_granted_and_taken_away()
    {
        var ns = await cluster.NamespaceAsync("access");
        Assert.Contains("cannot list resource \"pods\" in API group \"\" in the namespace \"access\"", (await cluster.TryAsync($"get pods -n {ns} --as jane")).Error, StringComparison.Ordinal);
        Assert.Equal("no", (await cluster.TryAsync($"auth can-i list pods -n {ns} --as jane")).Output.Trim());
        await cluster.KubectlAsync($"create role reader -n {ns} --verb=get,list,watch --resource=pods,pods/log");
        await cluster.KubectlAsync($"create rolebinding jane -n {ns} --role=reader --user=jane");
        Assert.Equal("yes", (await cluster.TryAsync($"auth can-i list pods -n {ns} --as jane")).Output.Trim());
        Assert.Equal("yes", (await cluster.TryAsync($"auth can-i get pods --subresource=log -n {ns} --as jane")).Output.Trim());
        Assert.Equal("no", (await cluster.TryAsync("auth can-i list pods -n default --as jane")).Output.Trim());
        Assert.Contains("No resources found", (await cluster.TryAsync($"get pods -n {ns} --as jane")).All, StringComparison.Ordinal);
        Assert.Contains("pods/log", await cluster.KubectlAsync($"auth can-i --list -n {ns} --as jane"), StringComparison.Ordinal);
        Assert.Contains("jane", await cluster.KubectlAsync("auth whoami --as jane --as-group dev"), StringComparison.Ordinal);
        Assert.Contains("Role/reader", await cluster.KubectlAsync($"get rolebinding jane -n {ns}"), StringComparison.Ordinal);
        Assert.Contains("pods/log", await cluster.KubectlAsync($"describe role reader -n {ns}"), StringComparison.Ordinal);
        await cluster.KubectlAsync($"delete rolebinding jane -n {ns}");
        Assert.Equal("no", (await cluster.TryAsync($"auth can-i list pods -n {ns} --as jane")).Output.Trim());
    }

    [Fact]
    public async Task Nobody_raises_himself_or_others()
    {
        var ns = await cluster.NamespaceAsync("escalation");
        await cluster.KubectlAsync($"create rolebinding boss -n {ns} --clusterrole=admin --user=boss");
        Assert.Equal(0, (await cluster.TryAsync($"create role own -n {ns} --verb=get --resource=pods --as boss")).ExitCode);
        var more = await cluster.TryAsync($"create role more -n {ns} --verb=get --resource=nodes --as boss");
        Assert.Contains("is attempting to grant RBAC permissions not currently held", more.Error, StringComparison.Ordinal);
        Assert.Contains("not currently held", (await cluster.TryAsync($"create rolebinding up -n {ns} --clusterrole=cluster-admin --user=boss --as boss")).Error, StringComparison.Ordinal);
        Assert.Contains("forbidden", (await cluster.TryAsync("create clusterrolebinding up --clusterrole=cluster-admin --user=boss --as boss")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_uses_the_rights_of_its_account()
    {
        var ns = await cluster.NamespaceAsync("robots");
        await cluster.PodAsync(ns, "robot", "node-2", "nginx");
        var list = $"curl -s -m 5 --cacert {Folder}/ca.crt -H \"Authorization: Bearer $(cat {Folder}/token)\" https://kubernetes.default.svc/api/v1/namespaces/{ns}/pods";
        Assert.Contains($"User \\\"system:serviceaccount:{ns}:default\\\" cannot list resource", await cluster.InPodAsync(ns, "robot", list), StringComparison.Ordinal);
        await cluster.KubectlAsync($"create rolebinding view -n {ns} --clusterrole=view --serviceaccount={ns}:default");
        Assert.Contains("\"name\":\"robot\"", await cluster.InPodAsync(ns, "robot", list), StringComparison.Ordinal);
        Assert.Contains("cannot list resource", await cluster.InPodAsync(ns, "robot", list.Replace($"namespaces/{ns}/pods", "secrets", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_touches_nothing_of_another()
    {
        var ns = await cluster.NamespaceAsync("nodes-apart");
        await cluster.KubectlAsync($"create secret generic own -n {ns} --from-literal=a=b");
        await cluster.KubectlAsync($"create secret generic other -n {ns} --from-literal=a=b");
        await cluster.PodAsync(ns, "here", "node-2", more: "  volumes: [{name: s, secret: {secretName: own}}]\n");
        await cluster.PodAsync(ns, "there", "node-3", more: "  volumes: [{name: s, secret: {secretName: other}}]\n");
        Assert.Equal(0, (await NodeAsync("node-2", $"get secret own -n {ns}")).ExitCode);
        foreach (var refused in (string[])
        [
            $"get secret other -n {ns}", $"get secrets -n {ns}", "get secrets -A", $"get pod there -n {ns}", $"delete pod there -n {ns} --wait=false", "delete node node-3", "label node node-3 a=b",
            "taint node node-2 a=b:NoSchedule", $"create token default -n {ns}", "create clusterrolebinding x --clusterrole=cluster-admin --user=system:node:node-2", "get clusterroles",
        ])
        {
            var answer = await NodeAsync("node-2", refused);
            Assert.True(answer.ExitCode != 0 && (answer.All.Contains("orbidden", StringComparison.Ordinal) || answer.All.Contains("invalid", StringComparison.Ordinal)), $"{refused}: {answer.All}");
        }
        Assert.Equal(0, (await NodeAsync("node-2", $"get pods -A --field-selector spec.nodeName=node-2")).ExitCode);
        // Labels and addresses of everybody's pods are what policies are about.
        Assert.Equal(0, (await NodeAsync("node-2", "get nodes,services,pods -A")).ExitCode);
    }

    private Task<ShellResult> NodeAsync(string node, string arguments) =>
        Shell.RunAsync("kubectl", ["--kubeconfig", $"{cluster.State}/{node}.kubeconfig", "--server", $"https://127.0.0.1:{cluster.ApiPort}", .. arguments.Split(' ')]);
}
