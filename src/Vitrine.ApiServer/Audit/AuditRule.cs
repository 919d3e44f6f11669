using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Audit;

/// <summary>A rule of an audit policy: what is empty holds for all. Source: k8s.io/apiserver pkg/audit/policy/checker.go.</summary>
internal sealed record AuditRule(AuditLevel Level, string[] Users, string[] Groups, string[] Verbs, string[] Namespaces, (string Group, string[] Resources, string[] Names)[] Resources, string[] Paths)
{
    /// <summary>Throws a <see cref="FormatException"/> that names the field.</summary>
    public static AuditRule Read(JsonObject rule, string path)
    {
        if (!Enum.TryParse<AuditLevel>(rule.Text("level"), out var level) || !Enum.IsDefined(level))
        {
            throw new FormatException($"{path}.level: \"{rule.Text("level")}\" is none of None, Metadata, Request, RequestResponse");
        }
        return new AuditRule(level, Texts(rule, "users"), Texts(rule, "userGroups"), Texts(rule, "verbs"), Texts(rule, "namespaces"),
            [.. rule.Objects("resources").Select(static r => (r.Text("group"), Texts(r, "resources"), Texts(r, "resourceNames")))], Texts(rule, "nonResourceURLs"));
    }

    public bool Holds(in AccessQuestion question)
    {
        var user = question.User;
        return Has(Users, user.Name) && (Groups.Length == 0 || user.Groups.Any(Groups.Contains)) && Has(Verbs, question.Verb)
            && (question.Path.Length > 0 ? Resources.Length == 0 && Namespaces.Length == 0 && (Paths.Length == 0 || HasPath(question.Path)) : Paths.Length == 0 && Has(Namespaces, question.Namespace) && HasResource(question));
    }

    private bool HasPath(string path) => Paths.Any(p => p == "*" || p == path || (p.EndsWith('*') && path.StartsWith(p[..^1], StringComparison.Ordinal)));

    private bool HasResource(in AccessQuestion question)
    {
        if (Resources.Length == 0)
        {
            return true;
        }
        var (group, resource, sub, name) = (question.Group, question.Resource, question.Subresource, question.Name);
        return Resources.Any(r => r.Group == group && Has(r.Names, name)
            && (r.Resources.Length == 0 || r.Resources.Any(p => p == "*" || p == (sub.Length == 0 ? resource : $"{resource}/{sub}") || p == $"{resource}/*" || (sub.Length > 0 && p == $"*/{sub}"))));
    }

    private static bool Has(string[] values, string value) => values.Length == 0 || values.Contains(value);

    private static string[] Texts(JsonObject rule, string field) => [.. (rule.Array(field) ?? []).Select(static v => v.AsText()).OfType<string>()];
}
