using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Discovery;

/// <summary>The discovery documents that clients have read since the beginning: one a group and version.</summary>
internal sealed class DiscoveryDocuments(KindCatalog catalog)
{
    public JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = Strings(catalog.VersionsOf("")),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    public JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. catalog.Groups.Select(g => Group(g))]),
    };

    public JsonObject OneGroup(string group)
    {
        var document = Group(group);
        document.Insert(0, "kind", "APIGroup");
        document.Insert(1, "apiVersion", "v1");
        return document;
    }

    public JsonObject ResourceList(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in catalog.In(group, version))
        {
            resources.Add((JsonNode)Resource(kind));
            foreach (var name in kind.Subresources)
            {
                var part = Subresource.For(kind, name);
                var resource = new JsonObject
                {
                    ["name"] = $"{kind.Plural}/{name}",
                    ["singularName"] = "",
                    ["namespaced"] = kind.Namespaced,
                    ["kind"] = part.Kind,
                    ["verbs"] = Strings(part.Verbs),
                };
                if (part.Of is { } other)
                {
                    // The scale client of kubectl and of autoscalers finds the version to speak here.
                    resource["group"] = other.Group;
                    resource["version"] = other.Version;
                }
                resources.Add((JsonNode)resource);
            }
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    public static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonObject Resource(Kind kind)
    {
        var resource = new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Name,
            ["verbs"] = Strings(kind.Verbs),
        };
        if (kind.ShortNames.Count > 0)
        {
            resource["shortNames"] = Strings(kind.ShortNames);
        }
        if (kind.Categories.Count > 0)
        {
            resource["categories"] = Strings(kind.Categories);
        }
        return resource;
    }

    private JsonObject Group(string group)
    {
        var versions = catalog.VersionsOf(group).Select(v => (JsonNode)Version(group, v)).ToArray();
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray(versions),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static JsonObject Version(string group, string version) => new()
    {
        ["groupVersion"] = $"{group}/{version}",
        ["version"] = version,
    };
}
