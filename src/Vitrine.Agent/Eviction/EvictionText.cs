using System.Globalization;

namespace Vitrine.Agent.Eviction;

/// <summary>Messages of an eviction, in kubelet's words.</summary>
internal static class EvictionText
{
    public static string LowOn(EvictionThreshold threshold, long available, long capacity) =>
        $"The node was low on resource: {threshold.Resource}. Threshold quantity: {Size(threshold.At(capacity))}, available: {Size(available)}. ";

    public static string Larger(string container, long used, long requested, string resource) =>
        $"Container {container} was using {Size(used)}, request is {Size(requested)}, has larger consumption of {resource}. ";

    /// <summary>A quantity as Kubernetes writes one of powers of two: the largest unit that divides it.</summary>
    public static string Size(long bytes)
    {
        var units = (string[])["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        var unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }
}
