using k8s;
using k8s.Models;
using Vitrine.ApiServer.Drafts;
using Vitrine.Installing;
using Xunit;

namespace Vitrine.Unit.Installing;

public sealed class CleaningPodsTests
{
    [Fact]
    public void They_clean_what_the_agents_were_told_to_fill_and_run_where_those_did()
    {
        var set = Agents([new("cniBinDir", "/opt/other/bin"), new("runDir", "/run/here")]);
        var tolerations = set.Spec.Template.Spec.Tolerations;
        Assert.False(CleaningPods.Are(set));
        CleaningPods.WriteTo(set, "10.96.0.10");
        Assert.True(CleaningPods.Are(set));
        var (pod, container) = (set.Spec.Template.Spec, set.Spec.Template.Spec.Containers[0]);
        Assert.Equal(["node", "clean", "--stay", "--host-root=/host", "--cluster-dns=10.96.0.10", "--cni-bin-dir=/opt/other/bin", "--cni-conf-dir=/etc/cni/net.d", "--data-dir=/var/lib/vitrine/node", "--run-dir=/run/here"], container.Args);
        Assert.Equal(["test", "-e", "/run/here/ready"], container.ReadinessProbe.Exec.Command);
        Assert.Equal(("docker.io/library/vitrine:latest", true, true), (container.Image, container.SecurityContext.Privileged, pod.HostNetwork));
        Assert.Same(tolerations, pod.Tolerations);
        Assert.Equal(set.Spec.Selector.MatchLabels, set.Spec.Template.Metadata.Labels);
        Assert.Equal("100%", set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable.Value);
    }

    [Fact]
    public void Without_DNS_no_address_is_looked_for()
    {
        var set = Agents([]);
        CleaningPods.WriteTo(set, "");
        Assert.DoesNotContain(set.Spec.Template.Spec.Containers[0].Args, a => a.StartsWith("--cluster-dns", StringComparison.Ordinal));
    }

    [Fact]
    public void Pods_of_their_nodes_network_and_finished_ones_are_no_guests()
    {
        V1Pod[] pods = [Pod("a", "n1"), Pod("host", "n1", host: true), Pod("waiting", null), Pod("done", "n1", phase: "Succeeded"), Pod("b", "n2")];
        Assert.Equal(["default/a", "default/b"], GuestPods.Of(pods));
        Assert.Equal("2 pods: default/a, default/b", GuestPods.Count(GuestPods.Of(pods)));
        Assert.Equal("7 pods: 1, 2, 3, 4, 5, …", GuestPods.Count(["1", "2", "3", "4", "5", "6", "7"]));
    }

    private static V1DaemonSet Agents(IEnumerable<KeyValuePair<string, string>> settings) =>
        KubernetesJson.Deserialize<V1DaemonSet>(ManifestReader.Read(Chart.Render(Chart.Template(), Chart.Values().With(settings))).Single(d => (string?)d.Value!["kind"] == "DaemonSet").Value!.ToJsonString());

    private static V1Pod Pod(string name, string? node, bool host = false, string phase = "Running") => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Uid = name },
        Spec = new V1PodSpec { NodeName = node, HostNetwork = host, Containers = [] },
        Status = new V1PodStatus { Phase = phase },
    };
}
