namespace Vitrine.Dataplane.Checks;

/// <summary>One thing a self-check looked at.</summary>
/// <param name="Subject">what was looked at, such as "tunnel to node/node-2"</param>
/// <param name="Ok">all is well</param>
/// <param name="Found">what was found</param>
/// <param name="Fix">what to do; empty when all is well</param>
public sealed record CheckVerdict(string Subject, bool Ok, string Found, string Fix)
{
    internal static CheckVerdict Good(string subject, string found) => new(subject, true, found, "");

    internal static CheckVerdict Bad(string subject, string found, string fix) => new(subject, false, found, fix);
}
