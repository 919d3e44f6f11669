using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Every namespace has the ConfigMap kube-root-ca.crt with the CA that pods verify the API server by (KEP-1205).</summary>
internal sealed class RootCaController(Kubernetes client, string pem) : IController
{
    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        foreach (var ns in snapshot.Namespaces.Values.Where(n => !n.Terminating && snapshot.RootCas.GetValueOrDefault(n.Name) != pem))
        {
            var map = new V1ConfigMap
            {
                Metadata = new V1ObjectMeta
                {
                    Name = ClusterWatch.RootCaConfigMap,
                    NamespaceProperty = ns.Name,
                    Annotations = new Dictionary<string, string>
                    {
                        ["kubernetes.io/description"] = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
                    },
                },
                Data = new Dictionary<string, string> { ["ca.crt"] = pem },
            };
            if (snapshot.RootCas.ContainsKey(ns.Name))
            {
                await client.CoreV1.ReplaceNamespacedConfigMapAsync(map, ClusterWatch.RootCaConfigMap, ns.Name, cancellationToken: ct);
            }
            else
            {
                await Writes.CreateAsync(() => client.CoreV1.CreateNamespacedConfigMapAsync(map, ns.Name, cancellationToken: ct));
            }
        }

        return false;
    }
}
