using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Access;

/// <summary>One rule of a role, ready to be asked. "*" stands for everything; what is empty, except names, allows nothing. Source: pkg/apis/rbac/v1/evaluation_helpers.go.</summary>
internal sealed record AccessRule(string[] Verbs, string[] Groups, string[] Resources, string[] Names, string[] Paths)
{
    private const string Every = "*";

    // "pods/log" → (pods, log), "*/scale" → (*, scale), "pods" → (pods, "").
    private readonly (string Resource, string Subresource)[] parts = [.. Resources.Select(static r => r.Split('/', 2) is [var resource, var sub] ? (resource, sub) : (r, ""))];
    private readonly bool everyVerb = Verbs.Contains(Every);
    private readonly bool everyGroup = Groups.Contains(Every);
    private readonly bool everyResource = Resources.Contains(Every);

    public static AccessRule[] ReadAll(JsonObject role) => [.. role.Objects("rules").Select(Read)];

    public static AccessRule Read(JsonObject rule) =>
        new(Texts(rule, "verbs"), Texts(rule, "apiGroups"), Texts(rule, "resources"), Texts(rule, "resourceNames"), Texts(rule, "nonResourceURLs"));

    /// <summary>As a role has it.</summary>
    public JsonObject ToJson()
    {
        var rule = new JsonObject();
        foreach (var (field, values) in (ReadOnlySpan<(string, string[])>)[("verbs", Verbs), ("apiGroups", Groups), ("resources", Resources), ("resourceNames", Names), ("nonResourceURLs", Paths)])
        {
            if (values.Length > 0 || field == "verbs")
            {
                rule[field] = new JsonArray([.. values.Select(static v => (JsonNode)v)]);
            }
        }
        return rule;
    }

    public bool Allows(in AccessQuestion question)
    {
        if (!everyVerb && !Has(Verbs, question.Verb))
        {
            return false;
        }
        return question.Path.Length > 0
            ? AllowsPath(question.Path)
            : (everyGroup || Has(Groups, question.Group)) && (everyResource || AllowsResource(question.Resource, question.Subresource)) && (Names.Length == 0 || Has(Names, question.Name));
    }

    /// <summary>All that the other one allows, this one does. Both are rules, not questions: "*" covers only where this has it.</summary>
    public bool Covers(AccessRule other) =>
        (everyVerb || HasAll(Verbs, other.Verbs)) && (everyGroup || HasAll(Groups, other.Groups)) && (everyResource || other.parts.All(Covers))
        && other.Paths.All(AllowsPath)
        && (Names.Length == 0 || (other.Names.Length > 0 && HasAll(Names, other.Names)));

    private bool Covers((string Resource, string Subresource) part) =>
        Array.IndexOf(parts, part) >= 0 || (part.Subresource.Length > 0 && Array.IndexOf(parts, ("*", part.Subresource)) >= 0);

    private bool AllowsResource(string resource, string subresource)
    {
        foreach (var part in parts)
        {
            if (part.Subresource == subresource && (part.Resource == resource || (subresource.Length > 0 && part.Resource == "*")))
            {
                return true;
            }
        }
        return false;
    }

    private bool AllowsPath(string path)
    {
        foreach (var known in Paths)
        {
            if (known == Every || known == path || (known.EndsWith('*') && path.AsSpan().StartsWith(known.AsSpan().TrimEnd('*'), StringComparison.Ordinal)))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Has(string[] values, string value)
    {
        foreach (var one in values)
        {
            if (one == value)
            {
                return true;
            }
        }
        return false;
    }

    private static bool HasAll(string[] values, string[] wanted) => Array.TrueForAll(wanted, value => Has(values, value));

    private static string[] Texts(JsonObject rule, string field) => [.. (rule.Array(field) ?? []).Select(static v => v.AsText()).OfType<string>()];
}
