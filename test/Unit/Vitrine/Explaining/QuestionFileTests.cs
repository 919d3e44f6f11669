using Vitrine.Explaining;
using Xunit;

namespace Vitrine.Unit.Explaining;

public sealed class QuestionFileTests
{
    [Fact]
    public void A_line_is_a_question_and_its_answer()
    {
        var questions = QuestionFile.Parse("q", "# who may\npod/client svc/web:80\n\n  pod/client\tsvc/db:6379/tcp  no # not from there\r\nclient http://web/a#b yes");
        Assert.Equal([new("pod/client", "svc/web:80", true), new("pod/client", "svc/db:6379/tcp", false), new("client", "http://web/a#b", true)], questions);
    }

    [Theory]
    [InlineData("pod/a", "q, line 1")]
    [InlineData("pod/a pod/b\npod/a pod/b maybe", "q, line 2")]
    [InlineData("pod/a pod/b yes no", "q, line 1")]
    [InlineData("# nothing\n", "no question")]
    [InlineData("", "no question")]
    public void What_is_none_is_told_by_its_line(string text, string told) => Assert.Contains(told, Assert.Throws<CommandFailure>(() => QuestionFile.Parse("q", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_told() => Assert.Contains("--questions /nowhere", Assert.Throws<CommandFailure>(() => QuestionFile.Read("/nowhere", TextReader.Null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Whatever_a_file_holds_it_is_questions_or_refused()
    {
        var random = new Random(7);
        const string Letters = "ab/:#\n\r\t  yesno-.[]é\0";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => Letters[random.Next(Letters.Length)])]);
            try
            {
                Assert.All(QuestionFile.Parse("q", text), q => Assert.False(string.IsNullOrWhiteSpace(q.Source) || string.IsNullOrWhiteSpace(q.Destination)));
            }
            catch (CommandFailure)
            {
                // As it should be.
            }
        }
    }
}
