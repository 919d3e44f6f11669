using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>What is shown to clients who ask for a name.</summary>
/// <param name="Hosts">names and wildcards of one label it is shown for; "*" for all that ask for no other</param>
/// <param name="Secret">namespace/name it is read from</param>
/// <param name="Chain">PEM, the server's first</param>
/// <param name="Key">PEM, without a password; never printed</param>
public sealed record ServerCertificate(ImmutableArray<string> Hosts, string Secret, string Chain, string Key)
{
    public override string ToString() => $"{Secret} for {string.Join(' ', Hosts)}";
}
