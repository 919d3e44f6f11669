using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>Sets and elements as attributes.</summary>
internal static class NftSetWriter
{
    internal static void Write(NetlinkMessageWriter writer, NftSet set, uint id)
    {
        writer.Attribute(Nfnl.NFTA_SET_TABLE, set.Table.Name);
        writer.Attribute(Nfnl.NFTA_SET_NAME, set.Name);
        writer.AttributeBigEndian(Nfnl.NFTA_SET_FLAGS, Flags(set));
        writer.AttributeBigEndian(Nfnl.NFTA_SET_KEY_TYPE, NftType.NumberOf(set.Key));
        writer.AttributeBigEndian(Nfnl.NFTA_SET_KEY_LEN, (uint)NftType.SizeOf(set.Key));
        if (set.IsMap)
        {
            writer.AttributeBigEndian(Nfnl.NFTA_SET_DATA_TYPE, set.ToVerdicts ? Nfnl.NFT_DATA_VERDICT : NftType.NumberOf(set.Value));
            // Verdicts have a size of the kernel's own; nft sends 0 for it.
            writer.AttributeBigEndian(Nfnl.NFTA_SET_DATA_LEN, set.ToVerdicts ? 0u : (uint)NftType.SizeOf(set.Value));
        }
        writer.AttributeBigEndian(Nfnl.NFTA_SET_ID, id);
        WriteDescription(writer, set);
        byte[] data = [
            .. NftAnnotation.Number(Nfnl.NFTNL_UDATA_SET_KEYBYTEORDER, set.Key[0].HostOrder ? Nfnl.ByteOrderHost : Nfnl.ByteOrderBigEndian),
            .. set.Value.IsEmpty ? [] : NftAnnotation.Number(Nfnl.NFTNL_UDATA_SET_DATABYTEORDER, set.Value[0].HostOrder ? Nfnl.ByteOrderHost : Nfnl.ByteOrderBigEndian),
            .. set.Comment is null ? [] : NftAnnotation.Comment(set.Comment, Nfnl.NFTNL_UDATA_SET_COMMENT)];
        writer.Attribute(Nfnl.NFTA_SET_USERDATA, data.AsSpan(0, Math.Min(data.Length, 256)));
    }

    internal static uint Flags(NftSet set) =>
        (set.Interval ? Nfnl.NFT_SET_INTERVAL : 0) | (set.Interval && set.Key.Length > 1 ? Nfnl.NFT_SET_CONCAT : 0) | (set.IsMap ? Nfnl.NFT_SET_MAP : 0)
        | (set.Timeouts ? Nfnl.NFT_SET_TIMEOUT : 0) | (set.Dynamic ? Nfnl.NFT_SET_EVAL : 0);

    internal static void Write(NetlinkMessageWriter writer, NftSet set, NftElement element, bool withContent)
    {
        var nest = writer.BeginNest(Nfnl.NFTA_LIST_ELEM);
        NftExpression.Value(writer, Nfnl.NFTA_SET_ELEM_KEY, element.Key.Bytes);
        if (set is { Interval: true, Key.Length: > 1 })
            NftExpression.Value(writer, Nfnl.NFTA_SET_ELEM_KEY_END, (element.Last ?? element.Key).Bytes);
        if (withContent)
            WriteContent(writer, element);
        writer.EndNest(nest);

        // A plain interval is two elements: its first key, and the first key after it, marked as an end. The last interval of all needs none.
        if (set is not { Interval: true, Key.Length: 1 } || (element.Last ?? element.Key).Next() is not { } end)
            return;
        nest = writer.BeginNest(Nfnl.NFTA_LIST_ELEM);
        NftExpression.Value(writer, Nfnl.NFTA_SET_ELEM_KEY, end.Bytes);
        writer.AttributeBigEndian(Nfnl.NFTA_SET_ELEM_FLAGS, Nfnl.NFT_SET_ELEM_INTERVAL_END);
        writer.EndNest(nest);
    }

    internal static string Describe(string verb, NftSet set, NftElement first, NftElement last, int count) => count == 1
        ? $"{verb} element {first.Comment ?? first.Key.ToString()} of {set.Name} of table {set.Table}"
        : $"{verb} {count} elements ({first.Comment ?? first.Key.ToString()} to {last.Comment ?? last.Key.ToString()}) of {set.Name} of table {set.Table}";

    private static void WriteContent(NetlinkMessageWriter writer, NftElement element)
    {
        if (element.Verdict is { } verdict)
            NftExpression.Verdict(writer, Nfnl.NFTA_SET_ELEM_DATA, verdict);
        else if (element.Value is { } value)
            NftExpression.Value(writer, Nfnl.NFTA_SET_ELEM_DATA, value.Bytes);
        if (element.Timeout is { } timeout)
            writer.AttributeBigEndian(Nfnl.NFTA_SET_ELEM_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        if (element.Comment is not null)
            writer.Attribute(Nfnl.NFTA_SET_ELEM_USERDATA, NftAnnotation.Comment(element.Comment));
    }

    private static void WriteDescription(NetlinkMessageWriter writer, NftSet set)
    {
        var concatenated = set is { Interval: true, Key.Length: > 1 };
        if (set.Size == 0 && !concatenated)
            return;
        var description = writer.BeginNest(Nfnl.NFTA_SET_DESC);
        if (set.Size != 0)
            writer.AttributeBigEndian(Nfnl.NFTA_SET_DESC_SIZE, set.Size);
        if (concatenated)
        {
            var parts = writer.BeginNest(Nfnl.NFTA_SET_DESC_CONCAT);
            foreach (var part in set.Key)
            {
                var field = writer.BeginNest(Nfnl.NFTA_LIST_ELEM);
                writer.AttributeBigEndian(Nfnl.NFTA_SET_FIELD_LEN, (uint)part.Size);
                writer.EndNest(field);
            }
            writer.EndNest(parts);
        }
        writer.EndNest(description);
    }
}
