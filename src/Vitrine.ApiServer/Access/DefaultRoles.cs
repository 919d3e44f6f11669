using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// The roles every cluster has, and who has them: upstream's for people and for what this server serves, and ours for the nodes' network. Nobody but
/// system:masters can do anything that is not written here. Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
/// </summary>
/// <remarks>
/// <c>clusterrole NAME</c> or <c>role NAMESPACE NAME</c>, with <c>@l</c> for the label rbac.authorization.k8s.io/l=true and <c>+l</c> to gather the roles that have it;
/// below it a rule a line: verbs, groups and resources, then names if need be, or <c>paths</c>, verbs and paths. <c>bind ROLE SUBJECT…</c> or
/// <c>bindin NAMESPACE ROLE SUBJECT…</c> make a binding of the same name.
/// </remarks>
internal static class DefaultRoles
{
    private const string People = """
        clusterrole cluster-admin
          * * *
          paths * *
        clusterrole admin +aggregate-to-admin
        clusterrole edit @aggregate-to-admin +aggregate-to-edit
        clusterrole view @aggregate-to-edit +aggregate-to-view
        clusterrole system:aggregate-to-admin @aggregate-to-admin
          create authorization.k8s.io localsubjectaccessreviews
          all rbac.authorization.k8s.io rolebindings,roles
        clusterrole system:aggregate-to-edit @aggregate-to-edit
          read core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
          impersonate core serviceaccounts
          write core pods,pods/attach,pods/exec,pods/portforward,pods/proxy
          create core pods/eviction
          write core configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy
          create core serviceaccounts/token
          write apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale
          write autoscaling horizontalpodautoscalers
          write batch cronjobs,jobs
          write networking.k8s.io ingresses,networkpolicies
          write policy poddisruptionbudgets
          all coordination.k8s.io leases
        clusterrole system:aggregate-to-view @aggregate-to-view
          read core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
          read core bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status
          read core namespaces
          read discovery.k8s.io endpointslices
          read apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
          read autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
          read batch cronjobs,cronjobs/status,jobs,jobs/status
          read networking.k8s.io ingresses,ingresses/status,networkpolicies
          read policy poddisruptionbudgets,poddisruptionbudgets/status
        clusterrole vitrine:aggregate-gateways-to-edit @aggregate-to-edit
          write gateway.networking.k8s.io backendtlspolicies,gateways,grpcroutes,httproutes,referencegrants,tlsroutes
        clusterrole vitrine:aggregate-gateways-to-view @aggregate-to-view
          read gateway.networking.k8s.io backendtlspolicies,backendtlspolicies/status,gateways,gateways/status,grpcroutes,grpcroutes/status,httproutes,httproutes/status,referencegrants,tlsroutes,tlsroutes/status
        clusterrole system:aggregated-metrics-reader @aggregate-to-admin @aggregate-to-edit @aggregate-to-view
          read metrics.k8s.io nodes,pods
        clusterrole system:discovery
          paths get /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
        clusterrole system:basic-user
          create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews
          create authentication.k8s.io selfsubjectreviews
        clusterrole system:public-info-viewer
          paths get /healthz,/livez,/readyz,/version,/version/
        clusterrole system:monitoring
          paths get /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
        clusterrole system:auth-delegator
          create authentication.k8s.io tokenreviews
          create authorization.k8s.io subjectaccessreviews
        clusterrole system:service-account-issuer-discovery
          paths get /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
        role kube-public kubeadm:bootstrap-signer-clusterinfo
          get core configmaps cluster-info
        bind cluster-admin group:system:masters
        bind system:discovery group:system:authenticated
        bind system:basic-user group:system:authenticated
        bind system:public-info-viewer group:system:authenticated group:system:unauthenticated
        bind system:monitoring group:system:monitoring
        bind system:service-account-issuer-discovery group:system:serviceaccounts
        bindin kube-public kubeadm:bootstrap-signer-clusterinfo user:system:anonymous
        """;

    private const string Nodes = """
        clusterrole system:node-bootstrapper
          create,get,list,watch certificates.k8s.io certificatesigningrequests
        clusterrole vitrine:node-bootstrapper
          create certificates.k8s.io certificatesigningrequests
        clusterrole vitrine:node-network
          read core endpoints,namespaces,nodes,services
          list,watch core pods
          read discovery.k8s.io endpointslices
          read networking.k8s.io ingressclasses,ingresses,networkpolicies
          read policy.networking.k8s.io clusternetworkpolicies
          read gateway.networking.k8s.io backendtlspolicies,gatewayclasses,gateways,grpcroutes,httproutes,referencegrants,tlsroutes
          list,watch apiextensions.k8s.io customresourcedefinitions
        bind vitrine:node-bootstrapper group:system:bootstrappers
        bind vitrine:node-network group:system:nodes
        """;

    // Upstream's controllers each have an account; ours share one process, and so one user.
    private const string Controllers = """
        clusterrole system:kube-controller-manager
          read * *
          create,patch,update core,events.k8s.io events
        clusterrole system:kube-scheduler
          create core pods/binding
          delete core pods
          patch,update core pods/status
        clusterrole system:controller:certificate-controller
          delete certificates.k8s.io certificatesigningrequests
          update certificates.k8s.io certificatesigningrequests/approval,certificatesigningrequests/status
          approve,sign certificates.k8s.io signers kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving
        clusterrole system:controller:cronjob-controller
          create,delete,patch,update batch jobs
          update batch cronjobs,cronjobs/finalizers,cronjobs/status
          patch batch cronjobs/status
        clusterrole system:controller:daemon-set-controller
          create,delete,patch core pods
          update apps daemonsets/finalizers,daemonsets/status
          create,delete,patch,update apps controllerrevisions
        clusterrole system:controller:deployment-controller
          update,patch apps deployments,deployments/finalizers,deployments/status
          create,delete,patch,update apps replicasets
        clusterrole system:controller:disruption-controller
          update policy poddisruptionbudgets/status
          patch,update core pods/status
        clusterrole system:controller:endpoint-controller
          create,delete,patch,update core endpoints
        clusterrole system:controller:endpointslice-controller
          create,delete,patch,update discovery.k8s.io endpointslices
          update core services/finalizers
        clusterrole system:controller:generic-garbage-collector
          delete,patch,update * *
        clusterrole system:controller:job-controller
          update,patch batch jobs,jobs/finalizers,jobs/status
          create,delete,patch core pods
        clusterrole system:controller:namespace-controller
          delete,deletecollection * *
          update core namespaces/finalize,namespaces/status
        clusterrole system:controller:node-controller
          delete,patch,update core nodes
          patch,update core nodes/status,pods/status
          delete core pods
        clusterrole system:controller:pod-garbage-collector
          delete core pods
          patch core pods/status
        clusterrole system:controller:replicaset-controller
          update apps replicasets,replicasets/finalizers,replicasets/status
          create,delete,patch core pods
        clusterrole system:controller:replication-controller
          update core replicationcontrollers,replicationcontrollers/finalizers,replicationcontrollers/status
          create,delete,patch core pods
        clusterrole system:controller:root-ca-cert-publisher
          create,update core configmaps
        clusterrole system:controller:service-account-controller
          create core serviceaccounts
        clusterrole system:controller:service-controller
          patch,update core services,services/status
        clusterrole system:controller:statefulset-controller
          update apps statefulsets/finalizers,statefulsets/status
          create,delete,get,patch,update core pods
          create,delete,patch,update apps controllerrevisions
        clusterrole vitrine:controller:cluster-services
          create,update core services,endpoints
          create,update discovery.k8s.io endpointslices
        clusterrole vitrine:controller:gateway-controller
          create,delete,patch,update core services
          create,delete,patch,update discovery.k8s.io endpointslices
          create,patch,update networking.k8s.io ingressclasses
          create gateway.networking.k8s.io gatewayclasses
          patch,update networking.k8s.io ingresses/status
          patch,update gateway.networking.k8s.io backendtlspolicies/status,gatewayclasses/status,gateways/status,grpcroutes/status,httproutes/status,tlsroutes/status
        """;

    private static readonly string[] ControllerRoles = [.. Controllers.Split('\n').Where(static l => l.StartsWith("clusterrole ", StringComparison.Ordinal)).Select(static l => $"bind {l[12..]} user:system:kube-controller-manager")];

    /// <summary>Kind, namespace and object of each; roles come before the bindings that refer to them.</summary>
    public static IReadOnlyList<(Kind Kind, string Namespace, JsonObject Object)> All { get; } = [.. Read([.. People.Split('\n'), .. Nodes.Split('\n'), .. Controllers.Split('\n'), .. ControllerRoles]).OrderBy(static o => o.Object.ContainsKey("roleRef"))];

    private static IEnumerable<(Kind Kind, string Namespace, JsonObject Object)> Read(IEnumerable<string> lines)
    {
        JsonArray? rules = null;
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "clusterrole":
                    yield return (RbacKinds.ClusterRole, "", Role("ClusterRole", "", words[1], words[2..], rules = []));
                    break;
                case "role":
                    yield return (RbacKinds.Role, words[1], Role("Role", words[1], words[2], words[3..], rules = []));
                    break;
                case "bind":
                    yield return (RbacKinds.ClusterRoleBinding, "", Binding("ClusterRole", "", words[1], words[2..]));
                    break;
                case "bindin":
                    yield return (RbacKinds.RoleBinding, words[1], Binding("Role", words[1], words[2], words[3..]));
                    break;
                default:
                    rules!.Add((JsonNode)Rule(words).ToJson());
                    break;
            }
        }
    }

    private static AccessRule Rule(string[] words) => words[0] == "paths"
        ? new AccessRule(words[1].Split(','), [], [], [], words[2].Split(','))
        : new AccessRule(Verbs(words[0]), [.. words[1].Split(',').Select(static g => g == "core" ? "" : g)], words[2].Split(','), words.Length > 3 ? words[3].Split(',') : [], []);

    private static string[] Verbs(string word) => word switch
    {
        "read" => ["get", "list", "watch"],
        "write" => ["create", "delete", "deletecollection", "patch", "update"],
        "all" => ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        _ => word.Split(','),
    };

    private static JsonObject Role(string kind, string ns, string name, string[] marks, JsonArray rules)
    {
        var role = Object(kind, ns, name);
        foreach (var mark in marks)
        {
            var label = $"{RbacKinds.Group}/{mark[1..]}";
            if (mark[0] == '@')
            {
                role["metadata"]!["labels"]!.AsObject()[label] = "true";
            }
            else
            {
                role["aggregationRule"] = new JsonObject { ["clusterRoleSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { [label] = "true" } }) };
            }
        }
        role["rules"] = rules;
        return role;
    }

    private static JsonObject Binding(string kind, string ns, string role, string[] subjects)
    {
        var binding = Object($"{kind}Binding", ns, role);
        binding["roleRef"] = new JsonObject { ["apiGroup"] = RbacKinds.Group, ["kind"] = kind, ["name"] = role };
        binding["subjects"] = new JsonArray([.. subjects.Select(static s => (JsonNode)new JsonObject
        {
            ["kind"] = s.StartsWith("group:", StringComparison.Ordinal) ? "Group" : "User",
            ["apiGroup"] = RbacKinds.Group,
            ["name"] = s[(s.IndexOf(':', StringComparison.Ordinal) + 1)..],
        })]);
        return binding;
    }

    private static JsonObject Object(string kind, string ns, string name)
    {
        var metadata = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
            ["annotations"] = new JsonObject { [RoleReconciliation.AutoUpdate] = "true" },
        };
        if (ns.Length > 0)
        {
            metadata["namespace"] = ns;
        }
        return new JsonObject { ["apiVersion"] = $"{RbacKinds.Group}/v1", ["kind"] = kind, ["metadata"] = metadata };
    }
}
