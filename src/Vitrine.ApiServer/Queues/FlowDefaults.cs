using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// The levels and schemas every cluster has: two of each that nobody can change, so that administrators always get in and every request belongs somewhere, and
/// those upstream suggests. Source: k8s.io/apiserver pkg/apis/flowcontrol/bootstrap.
/// </summary>
internal static class FlowDefaults
{
    /// <summary>Whether the server keeps a suggested object as it is here.</summary>
    public const string AutoUpdate = "apf.kubernetes.io/autoupdate-spec";

    public const string Exempt = "exempt";
    public const string CatchAll = "catch-all";

    private const string ByUser = "ByUser";
    private const string ByNamespace = "ByNamespace";

    private static readonly string[] s_everybody = ["group:system:unauthenticated", "group:system:authenticated"];
    private static readonly string[] s_systemAccounts = ["account:kube-system"];
    private static readonly string[] s_electing = ["get", "create", "update"];

    /// <summary>Levels before the schemas that refer to them.</summary>
    public static IReadOnlyList<JsonObject> All { get; } =
    [
        Level(Exempt, new JsonObject { ["type"] = "Exempt", ["exempt"] = new JsonObject { ["nominalConcurrencyShares"] = 0, ["lendablePercent"] = 0 } }),
        Level(CatchAll, Limited(5, 0, new JsonObject { ["type"] = "Reject" })),
        Level("system", Limited(30, 33, Queue(64, 6))),
        Level("node-high", Limited(40, 25, Queue(64, 6))),
        Level("leader-election", Limited(10, 0, Queue(16, 4))),
        Level("workload-high", Limited(40, 50, Queue(128, 6))),
        Level("workload-low", Limited(100, 90, Queue(128, 6))),
        Level("global-default", Limited(20, 50, Queue(128, 6))),
        Schema(Exempt, Exempt, 1, "", ["group:system:masters"]),
        Schema(CatchAll, CatchAll, 10_000, ByUser, s_everybody),
        Schema("probes", Exempt, 2, "", s_everybody, new JsonObject { ["nonResourceRules"] = new JsonArray(Urls(["get"], ["/healthz", "/readyz", "/livez"])) }),
        Schema("system-leader-election", "leader-election", 100, ByUser, ["user:system:kube-controller-manager", "user:system:kube-scheduler", .. s_systemAccounts], Elections("kube-system")),
        Schema("workload-leader-election", "leader-election", 200, ByUser, s_systemAccounts, Elections("*")),
        Schema("system-node-high", "node-high", 400, ByUser, ["group:system:nodes"], new JsonObject
        {
            ["resourceRules"] = new JsonArray(Resources(["*"], "", ["nodes", "nodes/status"], "*", clusterScope: true), Resources(["*"], "coordination.k8s.io", ["leases"], "*")),
        }),
        Schema("system-nodes", "system", 500, ByUser, ["group:system:nodes"]),
        Schema("kube-controller-manager", "workload-high", 800, ByNamespace, ["user:system:kube-controller-manager"]),
        Schema("kube-scheduler", "workload-high", 800, ByNamespace, ["user:system:kube-scheduler"]),
        Schema("kube-system-service-accounts", "workload-high", 900, ByNamespace, s_systemAccounts),
        Schema("service-accounts", "workload-low", 9000, ByUser, ["group:system:serviceaccounts"]),
        Schema("global-default", "global-default", 9900, ByUser, s_everybody),
    ];

    /// <summary>The spec an object has to have; null for those that may have any.</summary>
    public static JsonObject? Mandatory(string kind, string name) =>
        name is Exempt or CatchAll ? All.First(one => one.Text("kind") == kind && one.TextAt("metadata.name") == name).Object("spec") : null;

    private static JsonObject Level(string name, JsonObject spec) => Object("PriorityLevelConfiguration", name, spec);

    private static JsonObject Limited(int shares, int lendable, JsonObject response) => new()
    {
        ["type"] = "Limited",
        ["limited"] = new JsonObject { ["nominalConcurrencyShares"] = shares, ["lendablePercent"] = lendable, ["limitResponse"] = response },
    };

    private static JsonObject Queue(int queues, int hand) => new()
    {
        ["type"] = "Queue",
        ["queuing"] = new JsonObject { ["queues"] = queues, ["handSize"] = hand, ["queueLengthLimit"] = 50 },
    };

    private static JsonObject Schema(string name, string level, int precedence, string distinguisher, string[] subjects, JsonObject? rule = null)
    {
        rule ??= new JsonObject
        {
            ["resourceRules"] = new JsonArray(Resources(["*"], "*", ["*"], "*", clusterScope: true)),
            ["nonResourceRules"] = new JsonArray(Urls(["*"], ["*"])),
        };
        rule["subjects"] = new JsonArray([.. subjects.Select(Subject)]);
        var spec = new JsonObject
        {
            ["priorityLevelConfiguration"] = new JsonObject { ["name"] = level },
            ["matchingPrecedence"] = precedence,
            ["rules"] = new JsonArray(rule),
        };
        if (distinguisher.Length > 0)
        {
            spec["distinguisherMethod"] = new JsonObject { ["type"] = distinguisher };
        }
        return Object("FlowSchema", name, spec);
    }

    private static JsonObject Elections(string ns) => new()
    {
        ["resourceRules"] = new JsonArray(Resources(s_electing, "", ["endpoints", "configmaps"], ns), Resources(s_electing, "coordination.k8s.io", ["leases"], "*")),
    };

    private static JsonNode Subject(string subject) => subject.Split(':', 2) switch
    {
        ["group", var name] => new JsonObject { ["kind"] = "Group", ["group"] = new JsonObject { ["name"] = name } },
        ["user", var name] => new JsonObject { ["kind"] = "User", ["user"] = new JsonObject { ["name"] = name } },
        [_, var ns] => new JsonObject { ["kind"] = "ServiceAccount", ["serviceAccount"] = new JsonObject { ["name"] = "*", ["namespace"] = ns } },
        _ => throw new ArgumentException(subject, nameof(subject)),
    };

    private static JsonObject Resources(string[] verbs, string group, string[] resources, string ns, bool clusterScope = false)
    {
        var rule = new JsonObject { ["verbs"] = List(verbs), ["apiGroups"] = List([group]), ["resources"] = List(resources), ["namespaces"] = List([ns]) };
        if (clusterScope)
        {
            rule["clusterScope"] = true;
        }
        return rule;
    }

    private static JsonObject Urls(string[] verbs, string[] urls) => new() { ["verbs"] = List(verbs), ["nonResourceURLs"] = List(urls) };

    private static JsonArray List(string[] texts) => [.. texts.Select(static text => (JsonNode)text)];

    private static JsonObject Object(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = $"{FlowControlKinds.Group}/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { [AutoUpdate] = "true" } },
        ["spec"] = spec,
        ["status"] = new JsonObject(),
    };
}
