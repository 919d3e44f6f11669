using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Vitrine.Joining;

/// <summary>A bootstrap token, ID.SECRET: what a new node shows before it has a certificate (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/).</summary>
internal sealed partial record BootstrapToken(string Id, string Secret)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    public static BootstrapToken Generate() => new(RandomNumberGenerator.GetString(Letters, 6), RandomNumberGenerator.GetString(Letters, 16));

    /// <summary>Throws <see cref="CommandFailure"/> unless the text has the form of a token; the text is not repeated, it may be a secret.</summary>
    public static BootstrapToken Parse(string text) => Grammar().Match(text) is { Success: true } match
        ? new BootstrapToken(match.Groups[1].Value, match.Groups[2].Value)
        : throw new CommandFailure("--token is no bootstrap token", "it has the form abcdef.0123456789abcdef; vitrine token create makes one");

    public override string ToString() => $"{Id}.{Secret}";

    [GeneratedRegex(@"^([a-z0-9]{6})\.([a-z0-9]{16})$")]
    private static partial Regex Grammar();
}
