using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Kinds;

/// <summary>
/// Order of versions: v2, v1, v2beta1, v1beta2, v1alpha1, then all others by name (kubernetes.io: "Version priority";
/// k8s.io/apimachinery/pkg/version: CompareKubeAwareVersionStrings). Smaller comes first.
/// </summary>
internal readonly record struct VersionPriority(int Stage, long Major, long Minor, string Name) : IComparable<VersionPriority>
{
    public static VersionPriority Of(string version)
    {
        var match = VersionSyntax.Kube().Match(version);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, out var major))
        {
            return new VersionPriority(3, 0, 0, version);
        }
        var minor = match.Groups[3].Success && long.TryParse(match.Groups[3].ValueSpan, out var number) ? number : 0;
        return new VersionPriority(match.Groups[2].Value switch { "" => 0, "beta" => 1, _ => 2 }, -major, -minor, version);
    }

    public int CompareTo(VersionPriority other) => (Stage, Major, Minor).CompareTo((other.Stage, other.Major, other.Minor)) is not 0 and var order
        ? order
        : string.CompareOrdinal(Name, other.Name);
}

internal static partial class VersionSyntax
{
    [GeneratedRegex("^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?\\z", RegexOptions.NonBacktracking)]
    public static partial Regex Kube();
}
