using System.Collections.Immutable;
using System.Text.Json;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>One listener of a Gateway while its plan is made.</summary>
internal sealed class GatewayListener(GatewayObject gateway, int index, JsonElement spec)
{
    private static readonly ImmutableArray<string> Served = ["HTTPRoute", "GRPCRoute"];

    public GatewayObject Gateway { get; } = gateway;

    public string Name { get; } = spec.Text("name");

    public int Port { get; } = (int)(spec.Number("port") ?? 0);

    public string Protocol { get; } = spec.Text("protocol");

    /// <summary>"*" for all.</summary>
    public string Host { get; } = spec.Text("hostname") is { Length: > 0 } host ? host.ToLowerInvariant() : "*";

    public bool IsPassthrough { get; } = spec.Text("protocol") == "TLS" && spec.Part("tls").Text("mode") == "Passthrough";

    public RuleSource Source(string field = "") => new("Gateway", Gateway.Namespace, Gateway.Name, $"spec.listeners[{index}]{(field.Length > 0 ? "." + field : "")}");

    /// <summary>Conditions that are not as they should be: type to reason and message.</summary>
    public Dictionary<string, (string Reason, string Message)> Faults { get; } = [];

    public List<ServerCertificate> Certificates { get; } = [];

    /// <summary>Kinds of routes it takes.</summary>
    public ImmutableArray<string> Kinds { get; private set; } = Served;

    public List<AttachedRoute> Routes { get; } = [];

    /// <summary>Served: a listener that only lacks some of its certificates is.</summary>
    public bool IsAccepted => !Faults.ContainsKey("Accepted") && !Faults.ContainsKey("Conflicted");

    public void Read(Lookups lookups, Grants grants)
    {
        if (Protocol is not ("HTTP" or "HTTPS") && !IsPassthrough)
        {
            Faults["Accepted"] = ("UnsupportedProtocol", $"protocol {Protocol}{(Protocol == "TLS" ? " with mode Terminate" : "")} is not served; HTTP, HTTPS and TLS with mode Passthrough are");
            Kinds = [];
            return;
        }
        ImmutableArray<string> served = IsPassthrough ? ["TLSRoute"] : Served;
        Kinds = served;
        ImmutableArray<JsonElement> asked = [.. spec.Part("allowedRoutes").Items("kinds")];
        if (!asked.IsEmpty)
        {
            Kinds = [.. asked.Where(k => (!k.Has("group") || k.Text("group") == GatewayApiCompiler.Group) && served.Contains(k.Text("kind"))).Select(k => k.Text("kind"))];
            if (Kinds.Length < asked.Length)
                Faults["ResolvedRefs"] = ("InvalidRouteKinds", $"allowedRoutes.kinds names kinds that are not served; {string.Join(" and ", served)} can be");
        }
        if (Protocol != "HTTPS")
            return;
        foreach (var (i, reference) in spec.Part("tls").Items("certificateRefs").Index())
            Certificate(reference, $"tls.certificateRefs[{i}]", lookups, grants);
        if (Certificates.Count == 0 && !Faults.ContainsKey("ResolvedRefs"))
            Faults["ResolvedRefs"] = ("InvalidCertificateRef", "tls.certificateRefs names no certificate");
    }

    /// <summary>Whether routes of a namespace may come here.</summary>
    public bool Allows(string kind, string ns, ClusterSnapshot snapshot)
    {
        var namespaces = spec.Part("allowedRoutes").Part("namespaces");
        return Kinds.Contains(kind) && namespaces.Text("from") switch
        {
            "All" => true,
            "Selector" => snapshot.Namespaces.GetValueOrDefault(ns) is { } found && Selector(namespaces.Part("selector")).Matches(found.Labels),
            "None" => false,
            _ => ns == Gateway.Namespace,
        };
    }

    /// <summary>The names that are in both, as specific as the more specific one; null where there are none.</summary>
    public string? Intersect(string route) =>
        Host == "*" || Host == route ? route : route == "*" ? Host
        : Host.StartsWith("*.", StringComparison.Ordinal) && Below(route, Host) ? route
        : route.StartsWith("*.", StringComparison.Ordinal) && Below(Host, route) ? Host : null;

    private static bool Below(string name, string wildcard) => NameTable<string>.Fits(wildcard, false, name.StartsWith('*') ? "a" + name[1..] : name);

    private static LabelSelector Selector(JsonElement selector) => new(
    [
        .. selector.Part("matchLabels") is { ValueKind: JsonValueKind.Object } labels ? labels.EnumerateObject().Select(l => new LabelRequirement(l.Name, "In", [l.Value.GetString() ?? ""])) : [],
        .. selector.Items("matchExpressions").Select(e => new LabelRequirement(e.Text("key"), e.Text("operator"), [.. e.Texts("values")])),
    ]);

    private void Certificate(JsonElement reference, string field, Lookups lookups, Grants grants)
    {
        var ns = reference.Text("namespace") is { Length: > 0 } other ? other : Gateway.Namespace;
        var key = $"{ns}/{reference.Text("name")}";
        if (reference.Text("group").Length > 0 || reference.Text("kind") is not ("" or "Secret"))
            Faults["ResolvedRefs"] = ("InvalidCertificateRef", $"{field}: {reference.Text("kind")} is no Secret");
        else if (!grants.Allow("Gateway", Gateway.Namespace, "Secret", ns, reference.Text("name")))
            Faults["ResolvedRefs"] = ("RefNotPermitted", $"{field}: secret/{key} is in another namespace, and no ReferenceGrant there lets Gateways of {Gateway.Namespace} refer to it");
        else
        {
            var (certificate, fault) = CertificateRead.Of(lookups.Secret(key), key, [Host]);
            if (certificate is not null)
                Certificates.Add(certificate);
            else
                Faults["ResolvedRefs"] = ("InvalidCertificateRef", $"{field}: {fault}");
        }
    }
}
