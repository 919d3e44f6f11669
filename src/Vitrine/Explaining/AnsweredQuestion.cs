namespace Vitrine.Explaining;

/// <summary>What `vitrine explain --questions -o json` prints of a line; fields are added, never renamed.</summary>
/// <param name="Source">as it was written</param>
/// <param name="Destination">likewise</param>
/// <param name="Expected">that it gets there</param>
/// <param name="AsExpected">what was expected and what is predicted are the same</param>
/// <param name="Verdict">as of an explanation</param>
/// <param name="Culprit">who stops it, where somebody does</param>
/// <param name="Why">one sentence</param>
internal sealed record AnsweredQuestion(string Source, string Destination, bool Expected, bool AsExpected, string Verdict, string? Culprit, string Why)
{
    public static AnsweredQuestion Of(ListedQuestion question, ExplainReport report) =>
        new(question.Source, question.Destination, question.Expected, ExplainText.Good(report) == question.Expected, report.Verdict, report.Culprit, report.Why);

    public override string ToString() =>
        $"{(AsExpected ? "✓" : "✗")} {Source} → {Destination}: {Verdict}{(Culprit is null ? "" : $" by {Culprit}")}{(AsExpected ? "" : $"; expected was that it {(Expected ? "gets there" : "does not get there")}. {Why}")}";
}
