using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>For tables that several processes make when they first need them: one makes it, with its rules once; the others hear that it is there.</summary>
public sealed partial class NftBatch
{
    /// <summary>As <see cref="AddTable"/>, but the transaction fails (EEXIST) when the table is there.</summary>
    /// <param name="table">what to make</param>
    /// <param name="comment">for people</param>
    /// <param name="owned">it is this socket's alone, and goes with it: EINVAL or EOPNOTSUPP before Linux 5.12</param>
    public NftBatch CreateTable(NftTable table, string? comment = null, bool owned = false)
    {
        Begin(Nfnl.NFT_MSG_NEWTABLE, Add | Rtnl.NLM_F_EXCL, table.Family, () => $"create table {table}");
        writer.Attribute(Nfnl.NFTA_TABLE_NAME, table.Name);
        writer.AttributeBigEndian(Nfnl.NFTA_TABLE_FLAGS, owned ? Nfnl.NFT_TABLE_F_OWNER : 0u);
        Comment(Nfnl.NFTA_TABLE_USERDATA, comment);
        return this;
    }

    /// <summary>The whole table, sets, chains, elements and rules; EEXIST when it is there.</summary>
    public NftBatch CreateTable(NftTableSpec spec, bool owned = false)
    {
        spec.Create(this, exclusive: true, owned);
        return this;
    }

    /// <summary>The whole table, sets, chains, elements and rules, where there is none.</summary>
    public NftBatch AddTable(NftTableSpec spec)
    {
        spec.Create(this);
        return this;
    }
}
