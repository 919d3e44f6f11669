using System.Text.Json.Nodes;
using Vitrine.ApiServer.Drafts;
using Vitrine.Manifests;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Linting;

/// <summary>What the API server itself would say, and objects that are written twice.</summary>
internal static class SchemaRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) =>
    [
        .. cluster.Unread.Select(m => LintFinding.Of(m.Origin, LintFinding.Error, "unreadable", "", "", m.Fault!, "mend the document")),
        .. cluster.Objects.SelectMany(o => o.Draft.Faults.Select(f => LintFinding.Of(o, LintFinding.Error, "invalid", f.Field, f.Message, Mend(o, f.Field, f.Message)))),
        .. cluster.Objects.Where(o => o.Draft is { Served: false, Faults.Count: 0 }).Select(o => LintFinding.Of(o, LintFinding.Warning, "kind-not-served", "kind",
            $"Vitrine does not serve {o.Kind} of {(o.Draft.Group.Length > 0 ? o.Draft.Group : "core")}: it is not looked at here, and kubectl apply to a cluster of Vitrine's refuses it", "leave it out for such a cluster")),
        .. cluster.Refused.Select(r => LintFinding.Of(r.Source, LintFinding.Error, "invalid", "", $"its controller cannot make {r.Refused.Kind.ToLowerInvariant()} {r.Refused.Name}: {string.Join("; ", r.Refused.Faults.Select(f => $"{f.Field}: {f.Message}".TrimStart(':', ' ')))}", "mend the template")),
        .. cluster.Repeated.Select(Repeated),
    ];

    private static LintFinding Repeated((Manifest Earlier, Manifest Later, string Key) twice)
    {
        var same = JsonNode.DeepEquals(twice.Earlier.Value, twice.Later.Value);
        return LintFinding.Of(twice.Earlier.Origin, same ? LintFinding.Warning : LintFinding.Error, "repeated", twice.Key, "metadata.name",
            $"{twice.Key} is written again in {twice.Later.Origin}{(same ? ", just the same" : ": what is written here is replaced by that")}", "leave one of them out, or give it another name");
    }

    private static string Mend(FileObject about, string field, string message) =>
        message.StartsWith("unknown field", StringComparison.Ordinal) ? About(about, field) is { } meant ? $"write {meant}" : $"take {field} out, or see kubectl explain {about.Draft.Singular}"
        : message.StartsWith("duplicate field", StringComparison.Ordinal) ? "leave one of them out"
        : message.StartsWith("Required value", StringComparison.Ordinal) ? $"give {field}"
        : field.Length > 0 ? $"correct {field}" : "correct the object";

    /// <summary>A field beside the unknown one that is spelt like it.</summary>
    private static string? About(FileObject about, string field)
    {
        var at = field.LastIndexOf('.');
        return Nearest.To(field[(at + 1)..], DraftServer.FieldsOf(about.Draft.Group, about.Kind, at < 0 ? "" : field[..at]));
    }
}
