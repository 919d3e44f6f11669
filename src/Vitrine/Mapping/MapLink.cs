using Vitrine.Clusters;

namespace Vitrine.Mapping;

/// <summary>The way to a cluster's map from this machine.</summary>
internal static class MapLink
{
    /// <summary>A link that is good once; null where the cluster serves no map.</summary>
    public static string? New(ClusterPaths paths, MapRights rights) =>
        File.Exists(paths.MapPort) ? $"http://127.0.0.1:{File.ReadAllText(paths.MapPort)}{MapGuard.OpenPath}?token={new MapSessions(paths.MapFolder).Issue(rights)}" : null;
}
