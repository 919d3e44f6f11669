using System.Net;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Tokens;

namespace Vitrine.ApiServer.Http;

/// <summary>What every request of one server works with.</summary>
internal sealed record ApiContext(ObjectStore Store, IReadOnlyList<Kind> Kinds, TimeProvider Time, ILogger Logger, CancellationToken Stopping)
{
    /// <summary>The kind whose objects hold the others.</summary>
    public Kind? Namespaces { get; } = Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "namespaces" });

    public Kind? PriorityClasses { get; } = Kinds.FirstOrDefault(static kind => kind is { Group: "scheduling.k8s.io", Plural: "priorityclasses" });

    /// <summary>How long a pod tolerates a node that is not ready or unreachable, unless it says so itself.</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;

    /// <summary>Where the server listens.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>What Services are given addresses and ports from.</summary>
    public ServiceRanges Services { get; init; } = new();

    public Kind? Quotas { get; } = Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "resourcequotas" });

    public Kind? Nodes { get; } = Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "nodes" });

    /// <summary>Who may do what.</summary>
    public Authorizer Access { get; } = new(Store, Kinds);

    /// <summary>Where requests are written down; null where they are not.</summary>
    public AuditLog? Audit { get; init; }

    /// <summary>Null where none are issued.</summary>
    public ServiceAccountTokens? Tokens { get; private set; }

    /// <summary>Once, before the first request.</summary>
    public void IssueTokens(TokenKey key) => Tokens = new ServiceAccountTokens(this, key);

    public Kind? Find(in RequestPath path)
    {
        foreach (Kind kind in Kinds)
        {
            if (kind.Plural == path.Plural && kind.Version == path.Version && kind.Group == path.Group)
            {
                return kind;
            }
        }

        return null;
    }
}
