using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>BackendTLSPolicies (GEP-1897): which Services' ports are spoken to within TLS, and whom they must prove to be.</summary>
internal sealed class BackendPolicies(ClusterSnapshot snapshot)
{
    private readonly ILookup<(string Service, string Section), GatewayObject> byTarget = snapshot.BackendTlsPolicies.Values
        .SelectMany(p => p.Spec.Items("targetRefs").Where(t => t.Text("group").Length == 0 && t.Text("kind") == "Service").Select(t => (Target: ($"{p.Namespace}/{t.Text("name")}", t.Text("sectionName")), Policy: p)))
        .ToLookup(t => t.Target, t => t.Policy);

    /// <summary>Of a port by its name, else of the whole Service; of several the oldest.</summary>
    public GatewayObject? For(string ns, string service, string port) =>
        (port.Length > 0 ? Oldest(byTarget[($"{ns}/{service}", port)]) : null) ?? Oldest(byTarget[($"{ns}/{service}", "")]);

    /// <summary>How backends are to be checked; null, with reason and message, where it cannot be done as written.</summary>
    public static (UpstreamTls? Tls, (string Reason, string Message)? Fault) Read(GatewayObject policy, Lookups lookups)
    {
        var validation = policy.Spec.Part("validation");
        if (validation.Items("subjectAltNames").Any())
            return (null, ("Invalid", "validation.subjectAltNames is not supported; validation.hostname is what is looked for"));
        if (validation.Text("wellKnownCACertificates") == "System")
            return (new UpstreamTls(validation.Text("hostname"), null), null);
        var authorities = ImmutableArray.CreateBuilder<string>();
        foreach (var reference in validation.Items("caCertificateRefs"))
        {
            var key = $"{policy.Namespace}/{reference.Text("name")}";
            if (reference.Text("group").Length > 0 || reference.Text("kind") != "ConfigMap")
                return (null, ("InvalidKind", $"caCertificateRefs: {reference.Text("kind")} is no ConfigMap"));
            if (lookups.ConfigMap(key)?.Values.GetValueOrDefault("ca.crt") is not { } pem || !IsPem(pem))
                return (null, ("InvalidCACertificateRef", $"configmap/{key} holds no certificate under ca.crt"));
            authorities.Add(pem);
        }
        return (new UpstreamTls(validation.Text("hostname"), string.Join('\n', authorities)), null);
    }

    public static ImmutableArray<PlannedCondition> Conditions(GatewayObject policy, Lookups lookups) => Read(policy, lookups).Fault switch
    {
        null => [new("Accepted", true, "Accepted", ""), new("ResolvedRefs", true, "ResolvedRefs", "")],
        ("Invalid", var why) => [new("Accepted", false, "Invalid", why), new("ResolvedRefs", true, "ResolvedRefs", "")],
        var (reason, why) => [new("Accepted", false, "NoValidCACertificate", why), new("ResolvedRefs", false, reason, why)],
    };

    private static GatewayObject? Oldest(IEnumerable<GatewayObject> policies) => policies.OrderBy(p => p.Created).ThenBy(p => p.Key, StringComparer.Ordinal).FirstOrDefault();

    private static bool IsPem(string text)
    {
        try
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPem(text);
            return read.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
