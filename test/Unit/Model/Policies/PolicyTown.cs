using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Objects;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Model.Policies;

/// <summary>Snapshots from YAML: the town of Golden/PolicyPlan/town.yaml, and what is built in it.</summary>
internal static class PolicyTown
{
    public static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "Golden", "PolicyPlan");

    public static ClusterSnapshot Of(string name) => Read(File.ReadAllText(Path.Combine(Folder(), "town.yaml")) + "---\n" + File.ReadAllText(Path.Combine(Folder(), name, "in.yaml")));

    public static ClusterSnapshot Read(string yaml)
    {
        var snapshot = ClusterSnapshot.Empty;
        foreach (var json in yaml.Split("---\n").Where(d => !string.IsNullOrWhiteSpace(d)).Select(d => YamlTree.Parse(d, [])!.ToJsonString()))
            snapshot = With(snapshot, json);
        return snapshot;
    }

    private static ClusterSnapshot With(ClusterSnapshot snapshot, string json)
    {
        using var value = JsonDocument.Parse(json);
        switch (value.RootElement.GetProperty("kind").GetString())
        {
            case "Node":
                var node = SnapshotReader.Read(KubernetesJson.Deserialize<V1Node>(json));
                return snapshot with { Nodes = snapshot.Nodes.Add(node.Name, node) };
            case "Namespace":
                var ns = SnapshotReader.Read(KubernetesJson.Deserialize<V1Namespace>(json));
                return snapshot with { Namespaces = snapshot.Namespaces.Add(ns.Name, ns) };
            case "Pod":
                var pod = SnapshotReader.Read(KubernetesJson.Deserialize<V1Pod>(json));
                return snapshot with { Pods = snapshot.Pods.Add(pod.Key, pod) };
            case "Service":
                var service = ServiceReader.Read(KubernetesJson.Deserialize<V1Service>(json));
                return snapshot with { Services = snapshot.Services.Add(service.Key, service) };
            case "NetworkPolicy":
                var policy = PolicyReader.Read(KubernetesJson.Deserialize<V1NetworkPolicy>(json));
                return snapshot with { NetworkPolicies = snapshot.NetworkPolicies.Add(policy.Key, policy) };
            default:
                var cluster = ClusterPolicyReader.Read(value.RootElement);
                return snapshot with { ClusterNetworkPolicies = snapshot.ClusterNetworkPolicies.Add(cluster.Name, cluster) };
        }
    }
}
