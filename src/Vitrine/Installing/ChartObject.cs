using Vitrine.ApiServer.Drafts;

namespace Vitrine.Installing;

/// <summary>One object of the manifests.</summary>
/// <param name="Kind">e.g. "DaemonSet"</param>
/// <param name="Namespace">null for one of the whole cluster</param>
/// <param name="Name">its name</param>
/// <param name="Path">its own, of the API</param>
internal sealed record ChartObject(string Kind, string? Namespace, string Name, string Path)
{
    /// <summary>By its value everything that is installed is known.</summary>
    public const string Label = "app.kubernetes.io/name";

    /// <summary>As kubectl writes it.</summary>
    public override string ToString() => $"{Kind.ToLowerInvariant()}/{Name}";

    /// <summary>All of them, in the order they are written in.</summary>
    /// <param name="manifests">as <see cref="Chart.Render"/> gives them</param>
    public static IReadOnlyList<ChartObject> All(string manifests) => [.. ManifestReader.Read(manifests).Select(d =>
    {
        var (version, kind, metadata) = ((string)d.Value!["apiVersion"]!, (string)d.Value["kind"]!, d.Value["metadata"]!);
        var (ns, name) = ((string?)metadata["namespace"], (string)metadata["name"]!);
        // Every kind there is has its plural by one more letter; a test holds the chart to that.
        return new ChartObject(kind, ns, name, $"{(version.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{version}/{(ns is null ? "" : $"namespaces/{ns}/")}{kind.ToLowerInvariant()}s/{name}");
    })];
}
