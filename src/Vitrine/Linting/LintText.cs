namespace Vitrine.Linting;

/// <summary>A report for people: where, what, why, and what mends it.</summary>
internal static class LintText
{
    public static void Print(TextWriter output, LintReport report)
    {
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"{finding.File}:{finding.Line}: {finding.Severity}: {finding.Object}{(finding.Object.Length > 0 && finding.Field.Length > 0 ? " " : "")}{finding.Field} [{finding.Rule}]");
            output.WriteLine($"    why: {finding.Why}");
            output.WriteLine($"    fix: {finding.Fix}");
        }
        output.WriteLine(report.Findings.Count == 0 ? $"✓ {report.Objects} objects, nothing found" : $"{report.Objects} objects, {report.Errors} errors, {report.Warnings} warnings");
    }
}
