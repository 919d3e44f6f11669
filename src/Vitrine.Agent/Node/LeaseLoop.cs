using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Watching;

namespace Vitrine.Agent.Node;

/// <summary>The node's heartbeat: its Lease in kube-node-lease, renewed four times in its duration.</summary>
internal sealed partial class LeaseLoop(NodeAgentOptions options, IKubernetes api, TimeProvider time, ILogger<LeaseLoop> log)
{
    private const string Namespace = "kube-node-lease";
    private readonly TimeSpan period = options.LeaseDuration / 4;

    private int DurationSeconds => (int)options.LeaseDuration.TotalSeconds;

    /// <param name="owner">The Node; the lease goes when it goes.</param>
    public async Task RunAsync(V1Node owner, CancellationToken ct)
    {
        V1Lease? lease = null;
        while (true)
        {
            try
            {
                lease = await RenewAsync(lease, owner, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpOperationException or HttpRequestException or OperationCanceledException)
            {
                LogFailed(options.NodeName, e.Message);
                lease = null;
            }

            await Task.Delay(period, time, ct).ConfigureAwait(false);
        }
    }

    private async Task<V1Lease> RenewAsync(V1Lease? lease, V1Node owner, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (lease is null)
        {
            try
            {
                lease = await api.CoordinationV1.ReadNamespacedLeaseAsync(options.NodeName, Namespace, cancellationToken: ct).ConfigureAwait(false);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                var made = new V1Lease
                {
                    ApiVersion = "coordination.k8s.io/v1",
                    Kind = "Lease",
                    Metadata = new V1ObjectMeta
                    {
                        Name = options.NodeName,
                        NamespaceProperty = Namespace,
                        OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = owner.Metadata.Name, Uid = owner.Metadata.Uid }],
                    },
                    Spec = new V1LeaseSpec { HolderIdentity = options.NodeName, LeaseDurationSeconds = DurationSeconds, RenewTime = now },
                };
                return await api.CoordinationV1.CreateNamespacedLeaseAsync(made, Namespace, cancellationToken: ct).ConfigureAwait(false);
            }
        }

        lease.Spec.HolderIdentity = options.NodeName;
        lease.Spec.LeaseDurationSeconds = DurationSeconds;
        lease.Spec.RenewTime = now;
        return await api.CoordinationV1.ReplaceNamespacedLeaseAsync(FieldOwners.Dropped(lease), options.NodeName, Namespace, cancellationToken: ct).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "renewing the lease of node {Node}: {Why}; trying again in 10 s")]
    private partial void LogFailed(string node, string why);
}
