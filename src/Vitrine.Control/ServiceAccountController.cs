using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Every namespace has a ServiceAccount "default".</summary>
internal sealed class ServiceAccountController(Kubernetes client) : IController
{
    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        foreach (var ns in snapshot.Namespaces.Values.Where(n => !n.Terminating && !snapshot.ServiceAccounts.Contains($"{n.Name}/default")))
        {
            await Writes.CreateAsync(() => client.CoreV1.CreateNamespacedServiceAccountAsync(
                new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = ns.Name } }, ns.Name, cancellationToken: ct));
        }

        return false;
    }
}
