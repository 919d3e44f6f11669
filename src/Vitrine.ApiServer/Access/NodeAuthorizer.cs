using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// What belongs to a node is its agent's to read and write: itself, its Lease, its pods, and what those refer to. Everything else it needs a role for.
/// Sources: plugin/pkg/auth/authorizer/node, https://kubernetes.io/docs/reference/access-authn-authz/node/.
/// </summary>
internal sealed class NodeAuthorizer(ObjectStore store, IReadOnlyList<Kind> served)
{
    internal const string OneLease = "can only access node lease with the same name as the requesting node";
    internal const string OneCsiNode = "can only access CSINode with the same name as the requesting node";
    private const string Unrelated = "no relationship found between node '{0}' and this object";
    private readonly NodeReferences pods = new(store, served);
    private readonly RouteReferences routes = new(store, served);

    /// <param name="node">Whose agent asks.</param>
    /// <param name="why">What keeps it from it, or "".</param>
    public bool Allows(in AccessQuestion question, string node, out string why)
    {
        why = "";
        switch (question.Group, question.Part)
        {
            case ("", "nodes" or "nodes/status"):
                return Node(question, node, out why);
            case ("coordination.k8s.io", "leases"):
                return Lease(question, node, out why);
            case ("", "pods" or "pods/status" or "pods/eviction"):
                return Pod(question, node, out why);
            case ("", "secrets" or "configmaps" or "persistentvolumeclaims") when question.Verb is "get" or "list" or "watch":
                return Related(question, node, out why);
            case ("", "serviceaccounts/token") when question.Verb == "create":
                return Related(question, node, out why);
            case ("" or "events.k8s.io", "events"):
                return question.Verb is "create" or "update" or "patch";
            case ("certificates.k8s.io", "certificatesigningrequests"):
                return question.Verb is "create" or "get" or "list" or "watch";
            case ("node.k8s.io", "runtimeclasses") or ("storage.k8s.io", "csidrivers"):
                return question.Verb is "get" or "list" or "watch";
            case ("storage.k8s.io", "csinodes"):
                return Named(question, node, OneCsiNode, out why);
            // Who asks an agent that is not ours for logs or a shell: it lets the API server judge.
            case ("authentication.k8s.io", "tokenreviews") or ("authorization.k8s.io", "subjectaccessreviews" or "localsubjectaccessreviews"):
                return question.Verb == "create";
            default:
                return false;
        }
    }

    private static bool Node(in AccessQuestion question, string node, out string why)
    {
        why = "";
        if (question is { Verb: "create", Subresource: "" })
        {
            // A Node that is created has its name in the object only: NodeRestriction looks at that.
            return true;
        }
        if (question.Verb is not ("get" or "list" or "watch" or "update" or "patch"))
        {
            return false;
        }
        why = question.Name == node ? "" : question.Verb is "update" or "patch" ? $"node '{node}' cannot modify node '{question.Name}'" : $"node '{node}' cannot read '{question.Name}', only its own Node object";
        return question.Name == node;
    }

    private static bool Lease(in AccessQuestion question, string node, out string why)
    {
        if (question.Namespace != "kube-node-lease")
        {
            why = "can only access leases in the \"kube-node-lease\" system namespace";
            return false;
        }
        return Named(question, node, OneLease, out why);
    }

    /// <summary>What there is one of for each node, by the node's name. What is created has its name in the object only: NodeRestriction looks at that.</summary>
    private static bool Named(in AccessQuestion question, string node, string refusal, out string why)
    {
        why = question.Verb == "create" || question.Name == node ? "" : refusal;
        return why.Length == 0 && question.Verb is "create" or "get" or "update" or "patch" or "delete";
    }

    private bool Pod(in AccessQuestion question, string node, out string why)
    {
        why = "";
        switch (question.Verb, question.Subresource)
        {
            case ("list" or "watch", ""):
                why = "can only list/watch pods with spec.nodeName field selector";
                return question.Selects("spec.nodeName") == node;
            case ("create", ""):
                // Mirror pods only, which NodeRestriction looks at.
                return true;
            case ("get" or "delete", "") or ("get" or "update" or "patch", "status") or ("create", "eviction"):
                why = string.Format(System.Globalization.CultureInfo.InvariantCulture, Unrelated, node);
                return pods.IsOn(node, question.Namespace, question.Name);
            default:
                return false;
        }
    }

    private bool Related(in AccessQuestion question, string node, out string why)
    {
        if (question.Name.Length == 0)
        {
            why = "No Object name found";
            return false;
        }
        var reference = new ObjectReference(question.Resource, question.Namespace, question.Name);
        var related = pods.Refers(node, reference) || (question.Resource is "secrets" or "configmaps" && routes.Refers(reference));
        why = related ? "" : string.Format(System.Globalization.CultureInfo.InvariantCulture, Unrelated, node);
        return related;
    }
}
