using System.Collections.Frozen;

namespace Vitrine.ApiServer.Kinds;

/// <summary>The kinds that are served at one moment: those this server is built with, and the custom ones. Never changes; a definition that comes or goes makes another.</summary>
internal sealed class KindCatalog
{
    private readonly FrozenDictionary<(string, string, string), Kind> _byPath;
    private readonly ILookup<string, string> _versions;

    public KindCatalog(IReadOnlyList<Kind> builtIn, IReadOnlyList<Kind> custom)
    {
        Custom = custom;
        All = custom.Count == 0 ? builtIn : [.. builtIn, .. custom];
        _byPath = All.ToFrozenDictionary(static kind => (kind.Group, kind.Version, kind.Plural));
        // The versions of a group in the order clients prefer them; a group this server is built with keeps the order it is written in.
        _versions = All.Select(static kind => (kind.Group, kind.Version)).Distinct()
            .OrderBy(version => custom.Any(kind => kind.Group == version.Group) ? VersionPriority.Of(version.Version) : default)
            .ToLookup(static version => version.Group, static version => version.Version);
    }

    public IReadOnlyList<Kind> All { get; }

    public IReadOnlyList<Kind> Custom { get; }

    /// <summary>Groups by name, without the core's.</summary>
    public IEnumerable<string> Groups => All.Select(static kind => kind.Group).Where(static group => group.Length > 0).Distinct().Order(StringComparer.Ordinal);

    public IEnumerable<string> VersionsOf(string group) => _versions[group];

    /// <summary>By plural.</summary>
    public IEnumerable<Kind> In(string group, string version) =>
        All.Where(kind => kind.Group == group && kind.Version == version).OrderBy(static kind => kind.Plural, StringComparer.Ordinal);

    /// <summary>Null when nothing of that name is served.</summary>
    public Kind? Find(string group, string version, string plural) => _byPath.GetValueOrDefault((group, version, plural));
}
