namespace Vitrine.Agent.Images;

/// <summary>Which images to remove: those nobody uses, the longest unused first, until enough is free. Source: freeSpace of pkg/kubelet/images.</summary>
internal static class ImageGarbagePlan
{
    /// <param name="wanted">Bytes to free; long.MaxValue for all that may go.</param>
    /// <param name="youngest">Images seen later than this stay: their container is perhaps about to start.</param>
    public static IReadOnlyList<ImageUse> Compute(IEnumerable<ImageUse> images, long wanted, DateTimeOffset youngest)
    {
        var removed = new List<ImageUse>();
        foreach (var image in images.Where(i => !i.InUse && i.FirstSeen <= youngest && i.LastUsed <= youngest).OrderBy(i => i.LastUsed).ThenBy(i => i.FirstSeen))
        {
            if (wanted <= 0)
            {
                break;
            }

            removed.Add(image);
            wanted -= image.Bytes;
        }

        return removed;
    }
}
