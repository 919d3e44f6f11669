using System.Collections.Immutable;
using k8s;
using Vitrine.Clusters;
using Vitrine.Dataplane.Checks;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Doctor;

/// <summary>Looks at the clusters that run on this machine: from each node, whether packets of full size reach every other node's pods with sound sums.</summary>
internal static class ClusterExamination
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken ct)
    {
        var findings = new List<Finding>();
        if (!Environment.IsPrivilegedProcess)
        {
            return findings;
        }

        foreach (var paths in ClusterPaths.All().Select(n => new ClusterPaths(n)).Where(Supervisor.IsRunning))
        {
            var spec = ClusterSpec.Require(paths);
            try
            {
                using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));
                var nodes = await api.CoreV1.ListNodeAsync(cancellationToken: ct);
                var snapshot = new ClusterSnapshot { Nodes = nodes.Items.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name) };
                foreach (var node in spec.RunningNodes)
                {
                    using var netns = NetnsHandle.Open(paths.NodePin(node.Name, "net"));
                    var verdicts = await SelfCheck.RunAsync(netns, snapshot, node.Name, TimeProvider.System);
                    findings.AddRange(verdicts.Concat(PolicyCheck.Run(netns)).Select(v => new Finding($"{spec.Name} {node.Name}: {v.Subject}", v.Ok ? "ok" : "warning", v.Found, v.Fix)));
                }
            }
            catch (Exception e) when (e is HttpRequestException or k8s.Autorest.HttpOperationException or Linux.Interop.LinuxException)
            {
                findings.Add(new Finding($"cluster {spec.Name}", "warning", $"cannot be looked at: {e.Message}", $"vitrine status --name {spec.Name}"));
            }
        }

        return findings;
    }
}
