using System.Globalization;
using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>"25%" or 3 of a number.</summary>
internal static class Rounding
{
    /// <summary>A percentage of <paramref name="of"/>, rounded up or down, or the plain number; 0 where it is neither.</summary>
    public static int Scale(IntOrString? value, int of, bool up)
    {
        var text = value?.ToString() ?? "0";
        if (!text.EndsWith('%'))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain) ? plain : 0;
        }

        var percent = int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? p : 0;
        var exact = (long)percent * of;
        return (int)((exact + (up ? 99 : 0)) / 100);
    }

    /// <summary>maxSurge (up) and maxUnavailable (down) of a rolling update; both zero would never move, so one may be unavailable.</summary>
    public static (int Surge, int Unavailable) Fenceposts(IntOrString? maxSurge, IntOrString? maxUnavailable, int replicas)
    {
        var (surge, unavailable) = (Scale(maxSurge, replicas, up: true), Scale(maxUnavailable, replicas, up: false));
        return (surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }
}
