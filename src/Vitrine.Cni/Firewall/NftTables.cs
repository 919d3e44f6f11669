using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>What every table here has in common: it is made when it is first needed, by one of many processes, and may vanish under us.</summary>
internal static class NftTables
{
    private const int Attempts = 8;

    /// <summary>
    /// Adds entries to a table. Most often it is there, and this is one send; else the table is made first, in one transaction with
    /// what <paramref name="restore"/> knows of others whose entries were lost with it: they were there before.
    /// </summary>
    internal static void Add(NftSocket nft, Func<NftTableSpec> table, Action<NftBatch> entries, Action<NftBatch> restore)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                var batch = nft.Batch();
                entries(batch);
                batch.Send();
                return;
            }
            catch (NftException e) when (e.Errno == Errno.ENOENT && attempt < Attempts)
            {
                TryCreate(nft, table(), restore);
            }
    }

    /// <summary>Runs something that lists before it changes, again when the list was out of date; a table that is not there is nothing to do.</summary>
    internal static void Change(Action change)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                change();
                return;
            }
            catch (NftException e) when (e.Errno is Errno.ENOENT or Errno.EEXIST && attempt < Attempts)
            {
            }
    }

    /// <summary>A set's elements; none when it, or nf_tables altogether, is not there.</summary>
    internal static IReadOnlyList<NftElement> Elements(NftSocket nft, NftSet set)
    {
        try
        {
            return nft.ListElements(set);
        }
        catch (LinuxException e) when (IsAbsent(e))
        {
            return [];
        }
    }

    /// <summary>A socket to clean up with, or null where there can be nothing to clean up.</summary>
    internal static NftSocket? TryOpen()
    {
        try
        {
            return NftSocket.Open();
        }
        catch (LinuxException e) when (IsAbsent(e))
        {
            return null;
        }
    }

    internal static bool IsAbsent(LinuxException e) => e.Errno is Errno.ENOENT or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.EPROTONOSUPPORT;

    private static void TryCreate(NftSocket nft, NftTableSpec table, Action<NftBatch> entries)
    {
        try
        {
            var batch = nft.Batch().CreateTable(table);
            entries(batch);
            batch.Send();
        }
        catch (NftException e) when (e.Errno == Errno.EEXIST)
        {
            // Somebody else has made it in the meantime.
        }
    }
}
