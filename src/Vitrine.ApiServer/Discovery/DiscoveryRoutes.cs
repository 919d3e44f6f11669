using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Discovery;

/// <summary>/api, /apis, /api/v1, /apis/g, /apis/g/v, and /version, for one catalog of kinds. Each answer is made once.</summary>
internal sealed class DiscoveryRoutes(KindCatalog catalog)
{
    private const string Json = "application/json";

    /// <summary>The plus sign of a version stays one.</summary>
    private readonly DiscoveryDocuments documents = new(catalog);
    private readonly ConcurrentDictionary<(string Path, string Version), ReadOnlyMemory<byte>> answers = new();

    /// <summary>False for other paths, and for groups and versions that are not served.</summary>
    /// <param name="path">Without the query.</param>
    /// <param name="accept">The Accept header; "" when absent.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="contentType">Of the body.</param>
    public bool TryAnswer(string path, string accept, out ReadOnlyMemory<byte> body, out string contentType)
    {
        path = path.TrimEnd('/');
        var aggregated = path is "/api" or "/apis" ? AggregatedVersion(accept) : "";
        contentType = aggregated.Length == 0 ? Json : $"{Json};g=apidiscovery.k8s.io;v={aggregated};as=APIGroupDiscoveryList";
        if (answers.TryGetValue((path, aggregated), out body))
        {
            return true;
        }
        if (Document(path, aggregated) is not { } document)
        {
            return false;
        }
        body = Encoding.UTF8.GetBytes(document.ToJsonString(JsonText.Plain));
        answers.TryAdd((path, aggregated), body);
        return true;
    }

    private JsonObject? Document(string path, string aggregated) => path.Split('/') switch
    {
        ["", "api"] when aggregated.Length > 0 => new AggregatedDiscovery(catalog).List([""], aggregated),
        ["", "apis"] when aggregated.Length > 0 => new AggregatedDiscovery(catalog).List(catalog.Groups, aggregated),
        ["", "api"] => documents.CoreVersions(),
        ["", "apis"] => documents.GroupList(),
        ["", "api", var version] when catalog.VersionsOf("").Contains(version) => documents.ResourceList("", version),
        ["", "apis", { Length: > 0 } group] when catalog.VersionsOf(group).Any() => documents.OneGroup(group),
        ["", "apis", { Length: > 0 } group, var version] when catalog.VersionsOf(group).Contains(version) => documents.ResourceList(group, version),
        ["", "version"] => Version(),
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
