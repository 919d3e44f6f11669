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
internal sealed record ApiContext(ObjectStore Store, IReadOnlyList<Kind> BuiltIn, TimeProvider Time, ILogger Logger, CancellationToken Stopping)
{
    private ServedApi _served = new(new KindCatalog(BuiltIn, []));

    /// <summary>What is served now.</summary>
    public ServedApi Served => Volatile.Read(ref _served);

    public IReadOnlyList<Kind> Kinds => Served.Catalog.All;

    /// <summary>The kind of the definitions of custom resources; null where there are none.</summary>
    public Kind? Definitions { get; } = BuiltIn.FirstOrDefault(static kind => kind is { Group: "apiextensions.k8s.io", Plural: "customresourcedefinitions" });

    /// <summary>The kind whose objects hold the others.</summary>
    public Kind? Namespaces { get; } = BuiltIn.FirstOrDefault(static kind => kind is { Group: "", Plural: "namespaces" });

    public Kind? PriorityClasses { get; } = BuiltIn.FirstOrDefault(static kind => kind is { Group: "scheduling.k8s.io", Plural: "priorityclasses" });

    /// <summary>How long a pod tolerates a node that is not ready or unreachable, unless it says so itself.</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;

    /// <summary>Where the server listens.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>What Services are given addresses and ports from.</summary>
    public ServiceRanges Services { get; init; } = new();

    public Kind? Quotas { get; } = BuiltIn.FirstOrDefault(static kind => kind is { Group: "", Plural: "resourcequotas" });

    public Kind? Nodes { get; } = BuiltIn.FirstOrDefault(static kind => kind is { Group: "", Plural: "nodes" });

    /// <summary>Who may do what.</summary>
    public Authorizer Access { get; } = new(Store, BuiltIn);

    /// <summary>Where requests are written down; null where they are not.</summary>
    public AuditLog? Audit { get; init; }

    /// <summary>Null where none are issued.</summary>
    public ServiceAccountTokens? Tokens { get; private set; }

    /// <summary>Once, before the first request.</summary>
    public void IssueTokens(TokenKey key) => Tokens = new ServiceAccountTokens(this, key);

    /// <summary>From the next request on.</summary>
    public void Serve(KindCatalog catalog) => Volatile.Write(ref _served, new ServedApi(catalog));

    /// <summary>Whether a kind of this name is served, be it of another schema meanwhile.</summary>
    public bool Serves(Kind kind) => Served.Catalog.Find(kind.Group, kind.Version, kind.Plural) is not null;

    public Kind? Find(in RequestPath path) => Served.Catalog.Find(path.Group, path.Version, path.Plural);
}
