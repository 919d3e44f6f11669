namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>Compiled Ingresses that are no longer there, and those that are new; one that changed is among both.</summary>
internal sealed record PartChanges(IReadOnlyList<IngressPart> Gone, IReadOnlyList<IngressPart> Came)
{
    public IEnumerable<IngressPart> All => Gone.Concat(Came);

    /// <summary>The sorted parts after them.</summary>
    public IngressPart[] After(IngressPart[] before)
    {
        // A few are put in their places; many are sorted with the rest.
        if (Gone.Count + Came.Count > 64)
        {
            IngressPart[] all = [.. before.Except(Gone), .. Came];
            Array.Sort(all);
            return all;
        }
        var parts = before.ToList();
        foreach (var gone in Gone)
            parts.RemoveAt(parts.BinarySearch(gone));
        foreach (var came in Came)
            parts.Insert(~parts.BinarySearch(came), came);
        return [.. parts];
    }
}
