using System.Globalization;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>A way to choose among a group's backends. The kernel has a few constant chains for each that is in use.</summary>
/// <param name="Count">how many backends, at least 1: the modulus is exact, so that each has the same chance</param>
/// <param name="AffinitySeconds">how long a client stays with its backend; 0 for no affinity</param>
internal readonly record struct ServiceMode(int Count, int AffinitySeconds)
{
    /// <summary>Ends the names of its chains: "3", or "3-10800s".</summary>
    public override string ToString() => AffinitySeconds == 0
        ? Count.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Count}-{AffinitySeconds}s");

    internal static ServiceMode? Parse(string text)
    {
        var parts = text.Split('-');
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            && (parts.Length == 1 || (parts.Length == 2 && parts[1].EndsWith('s')))
            ? new ServiceMode(count, parts.Length == 1 ? 0 : int.Parse(parts[1].TrimEnd('s'), CultureInfo.InvariantCulture))
            : null;
    }
}
