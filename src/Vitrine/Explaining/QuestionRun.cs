using System.Net.Sockets;
using System.Text.Json;

namespace Vitrine.Explaining;

/// <summary>Answers a file of questions from one reading of a cluster, or from manifests. Nothing is sent.</summary>
internal static class QuestionRun
{
    /// <param name="open">the cluster</param>
    /// <param name="questions">in the order of the answers</param>
    /// <param name="ns">of names without one</param>
    /// <param name="family">null for the primary addresses</param>
    /// <param name="json">an object a line, else a sentence</param>
    /// <param name="output">for both</param>
    /// <param name="ct">ends it</param>
    /// <returns>Whether all answers are the expected ones.</returns>
    /// <exception cref="CommandFailure">a question that cannot be put</exception>
    public static async Task<bool> AnswerAsync(
        Func<CancellationToken, Task<IFacts>> open, IReadOnlyList<ListedQuestion> questions, string ns, AddressFamily? family, bool json, TextWriter output, CancellationToken ct)
    {
        using var facts = await open(ct);
        var explainer = new Explainer(facts);
        var differ = 0;
        foreach (var question in questions)
        {
            var report = await explainer.AskAsync(new AskedQuestion(question.Source, PlaceText.Parse(question.Destination), new WebQuestion("GET", []), ns, family), probe: false, ct);
            var answer = AnsweredQuestion.Of(question, report);
            differ += answer.AsExpected ? 0 : 1;
            output.WriteLine(json ? JsonSerializer.Serialize(answer, LineJson.Default.AnsweredQuestion) : answer);
        }
        if (!json)
            output.WriteLine($"{questions.Count} questions, {differ} answered otherwise than expected");
        return differ == 0;
    }
}
