namespace Vitrine.Linting;

/// <summary>What `vitrine lint -o json` prints; docs/explain.md describes it. Fields are added, never renamed.</summary>
/// <param name="Objects">how many were read</param>
/// <param name="Errors">how many findings are errors</param>
/// <param name="Warnings">how many are warnings</param>
/// <param name="Findings">by file and line</param>
internal sealed record LintReport(int Objects, int Errors, int Warnings, IReadOnlyList<LintFinding> Findings)
{
    public static LintReport Of(int objects, IReadOnlyList<LintFinding> findings) =>
        new(objects, findings.Count(f => f.Severity == LintFinding.Error), findings.Count(f => f.Severity == LintFinding.Warning), findings);
}
