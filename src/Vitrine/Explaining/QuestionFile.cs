namespace Vitrine.Explaining;

/// <summary>A line of a file of questions.</summary>
/// <param name="Source">who sends</param>
/// <param name="Destination">to whom</param>
/// <param name="Expected">that it gets there</param>
internal sealed record ListedQuestion(string Source, string Destination, bool Expected);

/// <summary>Questions and the answers they are expected to have, a line each: <c>SRC DST [yes|no]</c>. What follows a # at a word's begin is a remark.</summary>
internal static class QuestionFile
{
    /// <param name="file">its path, or - for <paramref name="input"/></param>
    /// <param name="input">read to its end for -</param>
    /// <exception cref="CommandFailure">it cannot be read, or a line is no question</exception>
    public static IReadOnlyList<ListedQuestion> Read(string file, TextReader input)
    {
        try
        {
            return Parse(file, file == "-" ? input.ReadToEnd() : File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"--questions {file}: {e.Message}", "name a file of questions, or - for standard input");
        }
    }

    /// <exception cref="CommandFailure">a line that is no question, named by its number</exception>
    public static IReadOnlyList<ListedQuestion> Parse(string file, string text)
    {
        var questions = new List<ListedQuestion>();
        foreach (var (index, line) in text.Split('\n').Index())
        {
            string[] words = [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).TakeWhile(static w => w[0] != '#')];
            if (words.Length == 0)
                continue;
            questions.Add(words switch
            {
                [var from, var to] => new ListedQuestion(from, to, true),
                [var from, var to, "yes" or "no"] => new ListedQuestion(from, to, words[2] == "yes"),
                _ => throw new CommandFailure($"{file}, line {index + 1}: \"{line.Trim()}\" is no question", "write SRC DST, and yes or no behind them: pod/client svc/web:80 yes"),
            });
        }
        return questions.Count > 0 ? questions : throw new CommandFailure($"{file} has no question", "write SRC DST, and yes or no behind them, a line each: pod/client svc/web:80 yes");
    }
}
