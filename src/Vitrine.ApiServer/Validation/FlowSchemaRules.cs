using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Queues;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateFlowSchema of pkg/apis/flowcontrol/validation.</summary>
internal static class FlowSchemaRules
{
    private const int LastPrecedence = 10_000;
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
    private static readonly (string Kind, string Field)[] s_subjects = [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];

    public static void Check(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var (name, spec) = (value.TextAt("metadata.name"), value.Object("spec") ?? []);
        var precedence = spec.Number("matchingPrecedence") ?? 0;
        if (precedence <= 0)
        {
            causes.Add(Cause.Invalid("spec.matchingPrecedence", precedence, "must be a positive value"));
        }
        if (precedence > LastPrecedence)
        {
            causes.Add(Cause.Invalid("spec.matchingPrecedence", precedence, $"must not be greater than {LastPrecedence}"));
        }
        if (precedence == 1 && name != "exempt")
        {
            causes.Add(Cause.Invalid("spec.matchingPrecedence", precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
        }
        if (spec.Object("distinguisherMethod") is { } method && method.Text("type") is not ("ByNamespace" or "ByUser"))
        {
            causes.Add(Cause.NotSupported("spec.distinguisherMethod.type", method.Text("type"), "ByNamespace", "ByUser"));
        }
        var level = spec.TextAt("priorityLevelConfiguration.name");
        if (level.Length == 0)
        {
            causes.Add(Cause.Required("spec.priorityLevelConfiguration.name", "must reference a priority level"));
        }
        else
        {
            causes.Named("spec.priorityLevelConfiguration.name", level, Names.Subdomain);
        }
        foreach (var (i, rule) in spec.Objects("rules").Index())
        {
            Rule(rule, $"spec.rules[{i}]", causes);
        }
        if (FlowDefaults.Mandatory("FlowSchema", name) is { } fixedSpec && !JsonNode.DeepEquals(spec, fixedSpec))
        {
            causes.Add(Cause.Invalid("spec", spec, $"spec of '{name}' must equal the fixed value"));
        }
    }

    private static void Rule(JsonObject rule, string path, List<FieldCause> causes)
    {
        if (!rule.Objects("subjects").Any())
        {
            causes.Add(Cause.Required($"{path}.subjects", "subjects must contain at least one value"));
        }
        foreach (var (i, subject) in rule.Objects("subjects").Index())
        {
            Subject(subject, $"{path}.subjects[{i}]", causes);
        }
        if (!rule.Objects("resourceRules").Any() && !rule.Objects("nonResourceRules").Any())
        {
            causes.Add(Cause.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"));
        }
        foreach (var (i, resources) in rule.Objects("resourceRules").Index())
        {
            Resources(resources, $"{path}.resourceRules[{i}]", causes);
        }
        foreach (var (i, paths) in rule.Objects("nonResourceRules").Index())
        {
            var at = $"{path}.nonResourceRules[{i}]";
            Verbs(paths, at, causes);
            foreach (var (u, url) in Listed(paths, at, "nonResourceURLs", "nonResourceURLs must contain at least one value", "non-resource URLs", causes).Index())
            {
                Url(url, $"{at}.nonResourceURLs[{u}]", causes);
            }
        }
    }

    private static void Subject(JsonObject subject, string path, List<FieldCause> causes)
    {
        var kind = subject.Text("kind");
        if (Array.FindIndex(s_subjects, s => s.Kind == kind) is not (>= 0 and var index))
        {
            causes.Add(Cause.NotSupported($"{path}.kind", kind, "Group", "ServiceAccount", "User"));
            return;
        }
        var field = s_subjects[index].Field;
        if (subject.Object(field) is not { } named)
        {
            causes.Add(Cause.Required($"{path}.{field}", $"{field} is required when subject kind is '{kind}'"));
        }
        else
        {
            causes.Require(named, $"{path}.{field}", "name");
            if (kind == "ServiceAccount" && causes.Require(named, $"{path}.{field}", "namespace", "must specify namespace for service account"))
            {
                causes.Named($"{path}.{field}.namespace", named.Text("namespace"), Names.Label);
            }
            if (kind == "ServiceAccount" && named.Text("name") is { Length: > 0 } name and not "*")
            {
                causes.Named($"{path}.{field}.name", name, Names.Subdomain);
            }
        }
        foreach (var other in s_subjects.Where(s => s.Kind != kind && subject.Has(s.Field)))
        {
            causes.Add(Cause.Forbidden($"{path}.{other.Field}", $"{other.Field} is forbidden when subject kind is not '{other.Kind}'"));
        }
    }

    private static void Resources(JsonObject rule, string path, List<FieldCause> causes)
    {
        Verbs(rule, path, causes);
        Listed(rule, path, "apiGroups", "resource rules must supply at least one api group", "api groups", causes);
        Listed(rule, path, "resources", "resource rules must supply at least one resource", "resources", causes);
        if (Texts(rule, "namespaces").Length == 0 && rule.Flag("clusterScope"))
        {
            return;
        }
        foreach (var (i, ns) in Listed(rule, path, "namespaces", "resource rules that are not cluster scoped must supply at least one namespace", "namespaces", causes).Index())
        {
            foreach (var fault in Names.Label(ns))
            {
                causes.Add(Cause.Invalid($"{path}.namespaces[{i}]", ns, "each member of this list must be '*' or a DNS-1123 label; " + fault));
            }
        }
    }

    private static void Verbs(JsonObject rule, string path, List<FieldCause> causes)
    {
        var verbs = Listed(rule, path, "verbs", "verbs must contain at least one value", "verbs", causes);
        if (verbs.FirstOrDefault(static verb => !s_verbs.Contains(verb)) is { } unknown)
        {
            causes.Add(Cause.NotSupported($"{path}.verbs", unknown, s_verbs));
        }
    }

    /// <summary>The entries when they are to be looked at one by one: none for "*".</summary>
    private static string[] Listed(JsonObject rule, string path, string field, string missing, string what, List<FieldCause> causes)
    {
        var texts = Texts(rule, field);
        if (texts.Length == 0)
        {
            causes.Add(Cause.Required($"{path}.{field}", missing));
        }
        if (!texts.Contains("*"))
        {
            return texts;
        }
        if (texts.Length > 1)
        {
            causes.Add(Cause.Invalid($"{path}.{field}", rule[field], $"if '*' is present, must not specify other {what}"));
        }
        return [];
    }

    private static void Url(string url, string path, List<FieldCause> causes)
    {
        var stars = url.Count(static c => c == '*');
        var fault = url.Length == 0 ? "must not be empty"
            : url[0] != '/' ? "must start with slash"
            : url.Contains(' ') ? "must not contain white-space"
            : url.Contains("//", StringComparison.Ordinal) ? "must not contain double slash"
            : stars > 1 || (stars == 1 && !url.EndsWith("/*", StringComparison.Ordinal)) ? "wildcard can only do suffix matching"
            : null;
        if (fault is not null)
        {
            causes.Add(Cause.Invalid(path, url, fault));
        }
    }

    private static string[] Texts(JsonObject rule, string field) => [.. (rule.Array(field) ?? []).Select(static text => text.AsText()).OfType<string>()];
}
