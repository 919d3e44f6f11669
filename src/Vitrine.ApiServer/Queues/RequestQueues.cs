using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Which requests wait with which: a client that floods the server keeps neither nodes nor controllers from it. Watches and streams hold no seat, administrators
/// need none. The levels are upstream's suggested ones (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
/// </summary>
internal sealed class RequestQueues
{
    private readonly PriorityLevel nodes = new("system", 120);
    private readonly PriorityLevel leases = new("leader-election", 40);
    private readonly PriorityLevel controllers = new("workload-high", 160);
    private readonly PriorityLevel accounts = new("workload-low", 160);
    private readonly PriorityLevel people = new("global-default", 80);
    private readonly PriorityLevel strangers = new("catch-all", 20);

    /// <summary>What lasts as long as its client wants: it has neither a seat nor a time.</summary>
    public static bool IsLong(in AccessQuestion question) => question is { Verb: "watch" } or { Subresource: "exec" or "attach" or "portforward" or "log" } or { Path: "/vitrine/backup" };

    /// <summary>Null for what needs no seat.</summary>
    public PriorityLevel? LevelOf(in AccessQuestion question) => question switch
    {
        { User.IsMaster: true } => null,
        { Path: "/healthz" or "/livez" or "/readyz" } => null,
        { User.Node: not null } => nodes,
        { Resource: "leases", Group: "coordination.k8s.io" } when IsController(question.User) => leases,
        { User: var user } when IsController(user) => controllers,
        { User: var user } when user.Name.StartsWith(ClientUser.ServiceAccountPrefix, StringComparison.Ordinal) => accounts,
        { User.IsAnonymous: true } => strangers,
        _ => people,
    };

    private static bool IsController(ClientUser user) => user.Name is "system:kube-controller-manager" or "system:kube-scheduler";
}
