using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Selectors;

/// <summary>A parsed fieldSelector query parameter: pairs of label and value, all of which must hold.</summary>
internal sealed record FieldSelector(IReadOnlyList<FieldRequirement> Requirements)
{
    public static FieldSelector Everything { get; } = new([]);

    /// <summary>Throws a 400 for a malformed selector and for labels the kind does not offer.</summary>
    public static FieldSelector Parse(string? text, Kind kind)
    {
        FieldSelector selector = Parse(text);
        foreach (FieldRequirement requirement in selector.Requirements)
        {
            bool known = requirement.Label == "metadata.name" || (requirement.Label == "metadata.namespace" && kind.Namespaced) || kind.SelectableFields.ContainsKey(requirement.Label);
            if (!known)
            {
                string resource = kind.Group.Length == 0 ? $"/{kind.Version}, Resource={kind.Plural}" : $"{kind.Group}/{kind.Version}, Resource={kind.Plural}";
                throw ApiErrors.BadRequest($"Unable to find \"{resource}\" that match label selector \"\", field selector \"{text}\": field label not supported: {requirement.Label}");
            }
        }

        return selector;
    }

    /// <summary>Whatever labels it names. Throws a 400 for a malformed selector.</summary>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        List<FieldRequirement> requirements = [];
        foreach (string term in Split(text))
        {
            if (term.Length > 0)
            {
                requirements.Add(FieldRequirement.Parse(term) ?? throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{term}'"));
            }
        }

        return new FieldSelector(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> fields)
    {
        foreach (FieldRequirement requirement in Requirements)
        {
            if (string.Equals(fields.GetValueOrDefault(requirement.Label, ""), requirement.Value, StringComparison.Ordinal) != requirement.Equal)
            {
                return false;
            }
        }

        return true;
    }

    // Commas inside a value are escaped with a backslash.
    private static IEnumerable<string> Split(string text)
    {
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                yield return text[from..i];
                from = i + 1;
            }
        }

        yield return text[from..];
    }
}
