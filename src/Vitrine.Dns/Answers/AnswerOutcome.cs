namespace Vitrine.Dns.Answers;

/// <summary>What may come instead of the length of an answer.</summary>
internal static class AnswerOutcome
{
    /// <summary>Nothing is sent.</summary>
    public const int Silence = 0;

    /// <summary>Others have to be asked.</summary>
    public const int Later = -1;
}
