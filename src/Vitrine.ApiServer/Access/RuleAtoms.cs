namespace Vitrine.ApiServer.Access;

/// <summary>Rules taken apart: one verb, one group, one resource and at most one name each, or one verb and one path. What grants the same, has the same atoms.</summary>
internal static class RuleAtoms
{
    public static IEnumerable<AccessRule> Of(IEnumerable<AccessRule> rules) => rules.SelectMany(static rule => rule.Verbs.SelectMany(verb =>
        rule.Groups.SelectMany(group => rule.Resources.SelectMany(resource => (rule.Names.Length == 0 ? [[]] : rule.Names.Select(static n => (string[])[n]))
            .Select(names => new AccessRule([verb], [group], [resource], names, []))))
        .Concat(rule.Paths.Select(path => new AccessRule([verb], [], [], [], [path])))));

    /// <summary>Put together again by everything but verbs, a line each, in upstream's notation.</summary>
    public static string Describe(IEnumerable<AccessRule> atoms) => string.Join('\n', atoms
        .GroupBy(static a => (Quoted("APIGroups", a.Groups), Quoted("Resources", a.Resources), Quoted("NonResourceURLs", a.Paths), Quoted("ResourceNames", a.Names)))
        .Select(static group => $"{{{group.Key.Item1}{group.Key.Item2}{group.Key.Item3}{group.Key.Item4}{Quoted("Verbs", [.. group.SelectMany(static a => a.Verbs).Distinct()])[..^2]}}}")
        .Order(StringComparer.Ordinal));

    private static string Quoted(string field, string[] values) => values.Length == 0 ? "" : $"{field}:[{string.Join(' ', values.Select(static v => $"\"{v}\""))}], ";
}
