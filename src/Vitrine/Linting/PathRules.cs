using Vitrine.Manifests;
using Vitrine.Model.Snapshot;

namespace Vitrine.Linting;

/// <summary>Paths of Ingresses that do not match what they look like (https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types).</summary>
internal static class PathRules
{
    private const string RegexSigns = "()[]{}|*+?^$\\";

    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) =>
        from about in cluster.Objects
        where about.Draft is { Group: "networking.k8s.io", Kind: "Ingress", Stored: true }
        let ingress = cluster.Snapshot.Ingresses[$"{about.Namespace}/{about.Name}"]
        from rule in ingress.Rules.Index()
        from path in rule.Item.Paths.Index()
        from finding in Check(about, ingress, rule.Item, path.Item, $"spec.rules[{rule.Index}].http.paths[{path.Index}]")
        select finding;

    private static IEnumerable<LintFinding> Check(FileObject about, Ingress ingress, IngressRule rule, IngressPath path, string field)
    {
        var rewrites = ingress.Settings.GetValueOrDefault("rewrite-target");
        var isRegex = ingress.Settings.GetValueOrDefault("use-regex") == "true" || (rewrites is not null && path.Path.AsSpan().ContainsAny(RegexSigns));
        if (!isRegex && path.Path.AsSpan().ContainsAny(RegexSigns))
            yield return Warn("path-is-no-pattern", $"{field}.path", $"{path.Path} looks like a pattern, and a path of type {path.Type} is taken letter by letter", $"write a prefix, or set the annotation {IngressReader.SettingPrefix}use-regex: \"true\"");
        if (!isRegex && path is { Type: "Exact", Path: "/" } && rule.Paths.Length == 1)
            yield return Warn("path-exact-root", $"{field}.pathType", $"only / itself is matched for {(rule.Host.Length > 0 ? rule.Host : "any host")}: all paths below it get 404", $"set {field}.pathType to Prefix");
        if (!isRegex && path.Type == "Exact" && path.Path.Length > 1 && path.Path.EndsWith('/'))
            yield return Warn("path-exact-slash", $"{field}.path", $"{path.Path} is matched with its final slash only", $"set {field}.pathType to Prefix, or leave the slash out");
        if (rewrites?.Contains('$', StringComparison.Ordinal) == true && !path.Path.Contains('(', StringComparison.Ordinal))
            yield return Warn("rewrite-without-group", $"{field}.path", $"rewrite-target is {rewrites}, and {path.Path} has no group in parentheses for it: what is sent on has nothing in its place", $"write the path with a group, as in {path.Path.TrimEnd('/')}(/|$)(.*)");
        if (!isRegex && rewrites is not null && path.Type != "Exact" && !rewrites.Contains('$', StringComparison.Ordinal))
            yield return Warn("rewrite-of-all", $"{field}.path", $"rewrite-target is {rewrites}: every request below {path.Path} is sent on as {rewrites}", $"write the path with a group, as in {path.Path.TrimEnd('/')}(/|$)(.*), and rewrite-target: {rewrites.TrimEnd('/')}/$2");

        LintFinding Warn(string name, string at, string why, string fix) => LintFinding.Of(about, LintFinding.Warning, name, at, why, fix);
    }
}
