using k8s;
using Vitrine.Control.Api;

namespace Vitrine.Control.Garbage;

/// <summary>Every kind the API serves now, by discovery; a kind that comes later is found at the next look.</summary>
internal static class GarbageKinds
{
    /// <summary>Kinds no one owns anything of, and that change all the time.</summary>
    private static readonly HashSet<string> Ignored = ["/events", "events.k8s.io/events"];

    /// <summary>Whose objects make kinds come and go.</summary>
    public const string Definitions = "apiextensions.k8s.io/customresourcedefinitions";

    public static async Task<IReadOnlyList<GarbageKind>> DiscoverAsync(Kubernetes client, CancellationToken ct) =>
    [
        .. (await ServedResources.ReadAsync(client, ct))
            .Where(static served => served.Resource.Verbs.Contains("list") && served.Resource.Verbs.Contains("watch") && served.Resource.Verbs.Contains("delete"))
            .Select(static served => new GarbageKind(served.Version, served.Resource.Kind, served.Resource.Name, served.Resource.Namespaced))
            .Where(static kind => !Ignored.Contains(kind.Name))
            .DistinctBy(static kind => kind.Name),
    ];
}
