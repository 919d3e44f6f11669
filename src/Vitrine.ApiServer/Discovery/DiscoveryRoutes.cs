using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Discovery;

/// <summary>/api, /apis, /api/v1, /apis/g, /apis/g/v, /version, and the empty list of custom resource definitions. Each answer is made once: the kinds do not change while the server runs.</summary>
internal static class DiscoveryRoutes
{
    private const string Json = "application/json";

    /// <summary>The plus sign of a version stays one.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly ConcurrentDictionary<(string Path, string Version), ReadOnlyMemory<byte>> Answers = new();

    /// <summary>False for other paths, and for groups and versions that are not served.</summary>
    /// <param name="path">Without the query.</param>
    /// <param name="accept">The Accept header; "" when absent.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="contentType">Of the body.</param>
    public static bool TryAnswer(string path, string accept, out ReadOnlyMemory<byte> body, out string contentType)
    {
        path = path.TrimEnd('/');
        var aggregated = path is "/api" or "/apis" ? AggregatedVersion(accept) : "";
        contentType = aggregated.Length == 0 ? Json : $"{Json};g=apidiscovery.k8s.io;v={aggregated};as=APIGroupDiscoveryList";
        if (Answers.TryGetValue((path, aggregated), out body))
        {
            return true;
        }
        if (Document(path, aggregated) is not { } document)
        {
            return false;
        }
        body = Encoding.UTF8.GetBytes(document.ToJsonString(Readable));
        Answers.TryAdd((path, aggregated), body);
        return true;
    }

    private static JsonObject? Document(string path, string aggregated) => path.Split('/') switch
    {
        ["", "api"] when aggregated.Length > 0 => AggregatedDiscovery.List([""], aggregated),
        ["", "apis"] when aggregated.Length > 0 => AggregatedDiscovery.List(DiscoveryDocuments.Groups, aggregated),
        ["", "api"] => DiscoveryDocuments.CoreVersions(),
        ["", "apis"] => DiscoveryDocuments.GroupList(),
        ["", "api", var version] when DiscoveryDocuments.VersionsOf("").Contains(version) => DiscoveryDocuments.ResourceList("", version),
        ["", "apis", { Length: > 0 } group] when DiscoveryDocuments.VersionsOf(group).Any() => DiscoveryDocuments.OneGroup(group),
        ["", "apis", { Length: > 0 } group, var version] when DiscoveryDocuments.VersionsOf(group).Contains(version) => DiscoveryDocuments.ResourceList(group, version),
        ["", "version"] => Version(),
        // Not in discovery: kubectl asks before it says that a kind is unknown, and takes a 404 for a broken server.
        ["", "apis", "apiextensions.k8s.io", "v1", "customresourcedefinitions"] => new JsonObject
        {
            ["kind"] = "CustomResourceDefinitionList",
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
            ["items"] = new JsonArray(),
        },
        _ => null,
    };

    /// <summary>The first form in the client's order that this server has; "" for the old documents.</summary>
    private static string AggregatedVersion(string accept)
    {
        foreach (var form in accept.Split(','))
        {
            var parts = form.Split(';', StringSplitOptions.TrimEntries);
            if (!parts.Contains("as=APIGroupDiscoveryList"))
            {
                if (parts[0] is Json or "*/*")
                {
                    return "";
                }
                continue;
            }
            if (parts[0] == Json && parts.Contains("g=apidiscovery.k8s.io"))
            {
                foreach (var version in (ReadOnlySpan<string>)["v2", "v2beta1"])
                {
                    if (parts.Contains("v=" + version))
                    {
                        return version;
                    }
                }
            }
        }
        return "";
    }

    private static JsonObject Version() => new()
    {
        ["major"] = ServerVersion.Major,
        ["minor"] = ServerVersion.Minor,
        ["gitVersion"] = ServerVersion.Git,
        ["gitCommit"] = "",
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "dotnet",
        ["platform"] = ServerVersion.Platform,
    };
}
