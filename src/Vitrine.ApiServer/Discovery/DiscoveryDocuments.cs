using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Discovery;

/// <summary>The discovery documents that clients have read since the beginning: one a group and version.</summary>
internal static class DiscoveryDocuments
{
    /// <summary>Groups in the order clients prefer them.</summary>
    public static IEnumerable<string> Groups => KindList.All.Select(k => k.Group).Where(g => g.Length > 0).Distinct().Order(StringComparer.Ordinal);

    public static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = Strings(VersionsOf("")),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    public static JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Groups.Select(g => Group(g))]),
    };

    public static JsonObject OneGroup(string group)
    {
        var document = Group(group);
        document.Insert(0, "kind", "APIGroup");
        document.Insert(1, "apiVersion", "v1");
        return document;
    }

    public static JsonObject ResourceList(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in KindList.All.Where(k => k.Group == group && k.Version == version).OrderBy(k => k.Plural, StringComparer.Ordinal))
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

    public static IEnumerable<string> VersionsOf(string group) => KindList.All.Where(k => k.Group == group).Select(k => k.Version).Distinct();

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

    private static JsonObject Group(string group)
    {
        var versions = VersionsOf(group).Select(v => (JsonNode)Version(group, v)).ToArray();
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
