using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Nft;

/// <summary>
/// A table that lasts as long as the socket that made it: the kernel removes it when its maker ends, however it ends, and nobody else can change or flush it
/// (NFT_TABLE_F_OWNER of linux/netfilter/nf_tables.h). On a kernel before 5.12 it goes when it is disposed of, and stays if the process is killed.
/// </summary>
public sealed class NftOwnedTable : IDisposable
{
    private readonly NftSocket socket;

    private NftOwnedTable(NftSocket socket, NftTable table) => (this.socket, Table) = (socket, table);

    public NftTable Table { get; }

    /// <summary>Makes it, with its content, in one transaction.</summary>
    /// <param name="socket">its owner, from here on this object's: closed with it</param>
    /// <param name="spec">what is in it; a table of its name must not be there</param>
    /// <exception cref="NftException">nothing was made</exception>
    public static NftOwnedTable Make(NftSocket socket, NftTableSpec spec)
    {
        try
        {
            try
            {
                socket.Batch().CreateTable(spec, owned: true).Send();
            }
            catch (NftException e) when (e.Errno is Errno.EINVAL or Errno.EOPNOTSUPP)
            {
                socket.Batch().CreateTable(spec).Send();
            }
            return new NftOwnedTable(socket, spec.Table);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            socket.Batch().DeleteTable(Table).Send();
        }
        catch (NftException)
        {
            // Somebody flushed the ruleset meanwhile: that is what was wanted.
        }
        socket.Dispose();
    }
}
