using Vitrine.ApiServer.Admission;

namespace Vitrine.ApiServer.Services;

/// <summary>
/// A pool with a lower band for those who ask for a number: what is handed out comes from above it as long as there is any
/// (KEP-3070 for addresses, KEP-3668 for node ports).
/// </summary>
/// <param name="Size">Numbers 0 to Size - 1.</param>
/// <param name="Lower">How many of them are in the lower band.</param>
internal readonly record struct Band(long Size, long Lower)
{
    /// <summary>min(max(16, size/16), 256) of a range of addresses.</summary>
    public static Band OfAddresses(long size) => new(size, Step(size, 16, 256));

    /// <summary>min(max(16, size/32), 128) of the node ports.</summary>
    public static Band OfPorts(long size) => new(size, Step(size, 32, 128));

    /// <summary>A free number, at random from the upper band, then from the lower one; null when all are taken.</summary>
    public long? Pick(Chance chance, Func<long, bool> isFree) => Pick(Lower, Size, chance, isFree) ?? Pick(0, Lower, chance, isFree);

    private static long Step(long size, long step, long most) => size <= 16 ? 0 : Math.Min(Math.Max(16, size / step), most);

    private static long? Pick(long from, long to, Chance chance, Func<long, bool> isFree)
    {
        var length = to - from;
        if (length <= 0)
        {
            return null;
        }
        var start = chance.Below(length);
        for (long i = 0; i < length; i++)
        {
            var at = from + ((start + i) % length);
            if (isFree(at))
            {
                return at;
            }
        }
        return null;
    }
}
