using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Secrets and ConfigMaps that every node's gateway needs: what an Ingress, a Gateway or a BackendTLSPolicy refers to, across namespaces only where a
/// ReferenceGrant says so. Made anew when one of those kinds changed and somebody asks; what did not change is not read again.
/// </summary>
internal sealed class RouteReferences(ObjectStore store, IReadOnlyList<Kind> served)
{
    private readonly Lock building = new();
    private readonly Kind? ingresses = Find(served, "networking.k8s.io", "ingresses");
    private readonly Kind? gateways = Find(served, GatewayKinds.Group, "gateways");
    private readonly Kind? policies = Find(served, GatewayKinds.Group, "backendtlspolicies");
    private readonly Kind? grants = Find(served, GatewayKinds.Group, "referencegrants");
    private Dictionary<StoredObject, ObjectReference[]> read = new(ReferenceEqualityComparer.Instance);
    private HashSet<ObjectReference> known = [];
    private KindTree[] seen = [];

    public bool Refers(ObjectReference reference)
    {
        lock (building)
        {
            KindTree[] now = [Tree(ingresses), Tree(gateways), Tree(policies), Tree(grants)];
            if (!now.SequenceEqual(seen))
            {
                Build(now);
            }
            return known.Contains(reference);
        }
    }

    private void Build(KindTree[] now)
    {
        var next = new Dictionary<StoredObject, ObjectReference[]>(ReferenceEqualityComparer.Instance);
        // A grant that comes or goes decides anew about every Gateway; there are few.
        var granted = seen.Length > 0 && seen[3] == now[3];
        JsonObject[] granting = [.. now[3].List(null).Select(static g => g.Parse())];
        Add(now[0], true, OfIngress);
        Add(now[1], granted, gateway => OfGateway(gateway, granting));
        Add(now[2], true, OfPolicy);
        (read, known, seen) = (next, [.. next.Values.SelectMany(static r => r)], now);

        void Add(KindTree tree, bool keep, Func<JsonObject, IEnumerable<ObjectReference>> of)
        {
            foreach (var stored in tree.List(null))
            {
                next.Add(stored, keep && read.TryGetValue(stored, out var before) ? before : [.. of(stored.Parse())]);
            }
        }
    }

    private static IEnumerable<ObjectReference> OfIngress(JsonObject ingress)
    {
        var ns = ingress.TextAt("metadata.namespace");
        foreach (var tls in ingress.Object("spec").Objects("tls"))
        {
            yield return new ObjectReference("secrets", ns, tls.Text("secretName"));
        }
        foreach (var (key, value) in ingress.Object("metadata").Object("annotations") ?? [])
        {
            var resource = key switch
            {
                "nginx.ingress.kubernetes.io/auth-secret" => "secrets",
                "nginx.ingress.kubernetes.io/custom-headers" => "configmaps",
                _ => "",
            };
            // "name" or "namespace/name"; another namespace than its own is refused by the gateway, too.
            if (resource.Length > 0 && (value.AsText() ?? "").Split('/') is var parts && (parts.Length == 1 || parts[0] == ns))
            {
                yield return new ObjectReference(resource, ns, parts[^1]);
            }
        }
    }

    private static IEnumerable<ObjectReference> OfGateway(JsonObject gateway, JsonObject[] grants) =>
        from listener in gateway.Object("spec").Objects("listeners")
        from certificate in listener.Object("tls").Objects("certificateRefs")
        let own = gateway.TextAt("metadata.namespace")
        let ns = certificate.Text("namespace") is { Length: > 0 } other ? other : own
        where certificate.Text("group").Length == 0 && certificate.Text("kind") is "" or "Secret"
        where ns == own || Array.Exists(grants, grant => Allows(grant, own, ns, certificate.Text("name")))
        select new ObjectReference("secrets", ns, certificate.Text("name"));

    private static bool Allows(JsonObject grant, string from, string ns, string name) => grant.TextAt("metadata.namespace") == ns
        && grant.Object("spec").Objects("from").Any(f => f.Text("group") == GatewayKinds.Group && f.Text("kind") == "Gateway" && f.Text("namespace") == from)
        && grant.Object("spec").Objects("to").Any(t => t.Text("group").Length == 0 && t.Text("kind") == "Secret" && (t.Text("name").Length == 0 || t.Text("name") == name));

    private static IEnumerable<ObjectReference> OfPolicy(JsonObject policy) => policy.Object("spec").Object("validation").Objects("caCertificateRefs")
        .Where(static r => r.Text("group").Length == 0 && r.Text("kind") == "ConfigMap")
        .Select(r => new ObjectReference("configmaps", policy.TextAt("metadata.namespace"), r.Text("name")));

    private KindTree Tree(Kind? kind) => kind is null ? KindTree.Empty : store.Tree(kind);

    private static Kind? Find(IReadOnlyList<Kind> served, string group, string plural) => served.FirstOrDefault(kind => kind.Group == group && kind.Plural == plural);
}
