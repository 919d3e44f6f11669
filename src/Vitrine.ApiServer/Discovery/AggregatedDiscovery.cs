using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Discovery;

/// <summary>Everything in one answer: apidiscovery.k8s.io, KEP-3352. v2beta1 has the same shape as v2.</summary>
internal sealed class AggregatedDiscovery(KindCatalog catalog)
{
    /// <param name="groups">[""] for /api, the others for /apis.</param>
    /// <param name="version">v2 or v2beta1.</param>
    public JsonObject List(IEnumerable<string> groups, string version) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. groups.Select(Group)]),
    };

    private JsonObject Group(string group) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. catalog.VersionsOf(group).Select(v => new JsonObject
        {
            ["version"] = v,
            ["resources"] = new JsonArray([.. catalog.In(group, v).Select(Resource)]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject Resource(Kind kind)
    {
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind, kind.Name),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = DiscoveryDocuments.Strings(kind.Verbs),
        };
        if (kind.ShortNames.Count > 0)
        {
            resource["shortNames"] = DiscoveryDocuments.Strings(kind.ShortNames);
        }
        if (kind.Categories.Count > 0)
        {
            resource["categories"] = DiscoveryDocuments.Strings(kind.Categories);
        }
        if (kind.Subresources.Count > 0)
        {
            resource["subresources"] = new JsonArray([.. kind.Subresources.Select(name => Subresource.For(kind, name)).Select(part => new JsonObject
            {
                ["subresource"] = part.Name,
                ["responseKind"] = ResponseKind(kind, part.Kind, part.Of),
                ["verbs"] = DiscoveryDocuments.Strings(part.Verbs),
            })]);
        }
        return resource;
    }

    private static JsonObject ResponseKind(Kind kind, string name, (string Group, string Version)? other = null) => new()
    {
        ["group"] = other?.Group ?? kind.Group,
        ["version"] = other?.Version ?? kind.Version,
        ["kind"] = name,
    };
}
