using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane;

/// <summary>
/// Whether a table may be another than when it was last compared with what it should be. News of changes may get lost, so a loop looks for itself now and then; but to read back
/// ten thousand Services takes seconds, and where nobody wrote anything since, there is nothing to see.
/// </summary>
internal sealed class TableGeneration(NftSocket nft)
{
    private uint? compared;

    /// <summary>A comparison that found nothing holds until somebody writes.</summary>
    /// <param name="compare">compares and puts right; says how much it changed</param>
    public int Compare(Func<int> compare)
    {
        compared = null;
        var before = nft.Generation();
        var changes = compare();
        compared = changes == 0 ? before : null;
        return changes;
    }

    public bool MayDiffer()
    {
        try
        {
            return compared is not { } generation || nft.Generation() != generation;
        }
        catch (LinuxException)
        {
            // Whoever compares will say what is wrong.
            return true;
        }
    }
}
