using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>What ReferenceGrants let objects of one namespace refer to in another.</summary>
internal sealed class Grants(ClusterSnapshot snapshot)
{
    private readonly ILookup<string, GatewayObject> byNamespace = snapshot.ReferenceGrants.Values.ToLookup(g => g.Namespace);

    /// <summary>True within a namespace, and where a grant in the one referred to says so.</summary>
    /// <param name="fromKind">of gateway.networking.k8s.io</param>
    /// <param name="fromNamespace">of the object that refers</param>
    /// <param name="toKind">of the core group</param>
    /// <param name="toNamespace">of the object referred to</param>
    /// <param name="toName">of the object referred to</param>
    public bool Allow(string fromKind, string fromNamespace, string toKind, string toNamespace, string toName) => fromNamespace == toNamespace || byNamespace[toNamespace].Any(g =>
        g.Spec.Items("from").Any(f => f.Text("group") == GatewayApiCompiler.Group && f.Text("kind") == fromKind && f.Text("namespace") == fromNamespace)
        && g.Spec.Items("to").Any(t => t.Text("group").Length == 0 && t.Text("kind") == toKind && (t.Text("name").Length == 0 || t.Text("name") == toName)));
}
