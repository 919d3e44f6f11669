using Vitrine.Manifests;

namespace Vitrine.Linting;

/// <summary>Something in a manifest that will not do what it says.</summary>
/// <param name="Severity">"error": it is surely wrong; "warning": it may be what somebody wants, or what is missing may be in the cluster</param>
/// <param name="Rule">its name in docs/explain.md</param>
/// <param name="Object">kind/namespace/name, as kubectl names it; empty for a document that is none</param>
/// <param name="Field">path in the object; empty for the whole</param>
/// <param name="Why">a sentence</param>
/// <param name="Fix">the smallest change that mends it</param>
/// <param name="File">where it is written</param>
/// <param name="Document">of the file, from 1</param>
/// <param name="Line">of the file, from 1</param>
internal sealed record LintFinding(string Severity, string Rule, string Object, string Field, string Why, string Fix, string File, int Document, int Line)
{
    public const string Error = "error", Warning = "warning";

    public static LintFinding Of(FileObject about, string severity, string rule, string field, string why, string fix) => Of(about.Origin, severity, rule, about.Key, field, why, fix);

    public static LintFinding Of(ManifestOrigin origin, string severity, string rule, string about, string field, string why, string fix) =>
        new(severity, rule, about, field, why, fix, origin.File, origin.Document.Number, origin.LineOf(field));
}
