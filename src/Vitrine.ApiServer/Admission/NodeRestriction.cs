using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Admission;

/// <summary>
/// The admission plugin NodeRestriction: of what its node may write at all, an agent may write only what an agent has to. Others pass.
/// Source: plugin/pkg/admission/noderestriction.
/// </summary>
internal static class NodeRestriction
{
    private const string Mirror = "kubernetes.io/config.mirror";
    private const string Restricted = "node-restriction.kubernetes.io";

    // Labels of the domains kubernetes.io and k8s.io that agents set themselves.
    private static readonly HashSet<string> AgentLabels =
    [
        "kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os",
        "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    ];

    /// <summary>Throws a 403.</summary>
    public static void CheckCreate(AdmissionRequest request, JsonObject value)
    {
        if (request.User?.Node is not { } node)
        {
            return;
        }
        var name = value.TextAt("metadata.name");
        switch (request.Kind.Group, request.Kind.Plural)
        {
            case ("", "nodes"):
                Require(name == node, request.Kind, name, $"node \"{node}\" is not allowed to modify node \"{name}\"");
                CheckLabels(request.Kind, node, value, null);
                break;
            case ("", "pods"):
                CheckMirror(request.Kind, node, value);
                break;
            case ("coordination.k8s.io", "leases"):
                Require(name == node, request.Kind, name, NodeAuthorizer.OneLease);
                break;
            case ("storage.k8s.io", "csinodes"):
                Require(name == node, request.Kind, name, NodeAuthorizer.OneCsiNode);
                break;
        }
    }

    /// <summary>Throws a 403.</summary>
    public static void CheckUpdate(AdmissionRequest request, UpdateScope scope, JsonObject value, JsonObject old)
    {
        if (request.User?.Node is not { } node)
        {
            return;
        }
        var name = old.TextAt("metadata.name");
        switch (request.Kind.Group, request.Kind.Plural)
        {
            case ("", "nodes"):
                Require(name == node, request.Kind, name, $"node \"{node}\" is not allowed to modify node \"{name}\"");
                CheckLabels(request.Kind, node, value, old);
                Require(JsonNode.DeepEquals(value["spec"]?["taints"], old["spec"]?["taints"]), request.Kind, name, $"node \"{node}\" is not allowed to modify taints");
                Require(JsonNode.DeepEquals(value["metadata"]?["ownerReferences"], old["metadata"]?["ownerReferences"]), request.Kind, name, $"node \"{node}\" is not allowed to modify ownerReferences");
                break;
            case ("", "pods"):
                CheckOwn(request, old);
                Require(JsonNode.DeepEquals(value["metadata"]?["labels"], old["metadata"]?["labels"]), request.Kind, name, $"node \"{node}\" cannot update labels through pod status");
                Require(scope == UpdateScope.Status, request.Kind, name, $"node \"{node}\" can only update the status of pods");
                break;
        }
    }

    /// <summary>For a deletion or eviction. Throws a 403.</summary>
    public static void CheckOwn(AdmissionRequest request, JsonObject value)
    {
        if (request.User?.Node is { } node && request.Kind is { Group: "", Plural: "pods" } && value.TextAt("spec.nodeName") is var on && on != node)
        {
            throw ApiErrors.Forbidden(request.Kind, value.TextAt("metadata.name"), $"node \"{node}\" can only delete pods with spec.nodeName set to itself");
        }
    }

    /// <summary>A token for a ServiceAccount: bound to a pod of the node. Throws a 403.</summary>
    /// <param name="bound">Kind and object of boundObjectRef.</param>
    /// <param name="uid">As the request names it.</param>
    public static void CheckToken(AdmissionRequest request, string account, (string Kind, JsonObject Object)? bound, string uid)
    {
        if (request.User?.Node is not { } node)
        {
            return;
        }
        var pod = bound?.Kind == "Pod" ? bound.Value.Object : null;
        Require(pod is not null, request.Kind, account, $"node \"{node}\" can only create tokens for individual service accounts that are bound to a pod");
        Require(uid.Length > 0, request.Kind, account, $"node \"{node}\" cannot create a token without the uid of the pod it is bound to");
        Require(pod.TextAt("spec.nodeName") == node, request.Kind, account, $"node \"{node}\" requested token bound to a pod scheduled on a different node");
    }

    private static void CheckMirror(Kind kind, string node, JsonObject pod)
    {
        var name = pod.TextAt("metadata.name");
        Require(pod["metadata"].Object("annotations").Has(Mirror), kind, name, $"pod does not have \"{Mirror}\" annotation, node \"{node}\" can only create mirror pods");
        Require(pod.TextAt("spec.nodeName") == node, kind, name, $"node \"{node}\" can only create pods with spec.nodeName set to itself");
        var owners = pod["metadata"].Objects("ownerReferences").ToArray();
        Require(owners is [var owner] && owner.Text("kind") == "Node" && owner.Text("name") == node, kind, name, $"node \"{node}\" can only create pods with an owner reference set to itself");
        // What a pod refers to, its node may read: a node must not make itself such pods.
        Require(pod.TextAt("spec.serviceAccountName") is "" or "default", kind, name, $"node \"{node}\" can not create pods that reference a service account");
        Require(!PodReferences.Of(pod).Any(static r => r.Resource != "serviceaccounts"), kind, name, $"node \"{node}\" can not create pods that reference secrets, configmaps or persistentvolumeclaims");
    }

    private static void CheckLabels(Kind kind, string node, JsonObject value, JsonObject? old)
    {
        var (now, before) = (value["metadata"].Object("labels") ?? [], old?["metadata"].Object("labels") ?? []);
        var refused = now.Select(static l => l.Key).Union(before.Select(static l => l.Key))
            .Where(key => !JsonNode.DeepEquals(now[key], before[key]) && !IsAgents(key, created: old is null)).Order(StringComparer.Ordinal).ToArray();
        Require(refused.Length == 0, kind, node, $"is not allowed to modify labels: {string.Join(", ", refused)}");
    }

    private static bool IsAgents(string key, bool created)
    {
        var domain = key.Split('/') is [var prefix, _] ? prefix : "";
        if (domain == Restricted || domain.EndsWith("." + Restricted, StringComparison.Ordinal))
        {
            return false;
        }
        var reserved = IsIn(domain, "kubernetes.io") || IsIn(domain, "k8s.io");
        // The role label is only for people's eyes; our agents register with it.
        return !reserved || AgentLabels.Contains(key) || IsIn(domain, "kubelet.kubernetes.io") || IsIn(domain, "node.kubernetes.io") || (created && key == "node-role.kubernetes.io/control-plane");
    }

    private static bool IsIn(string domain, string suffix) => domain == suffix || domain.EndsWith("." + suffix, StringComparison.Ordinal);

    private static void Require(bool fulfilled, Kind kind, string name, string why)
    {
        if (!fulfilled)
        {
            throw ApiErrors.Forbidden(kind, name, why);
        }
    }
}
