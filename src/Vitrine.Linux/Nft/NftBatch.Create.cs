using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>For tables that several processes make when they first need them: one makes it, with its rules once; the others hear that it is there.</summary>
public sealed partial class NftBatch
{
    /// <summary>As <see cref="AddTable"/>, but the transaction fails (EEXIST) when the table is there.</summary>
    public NftBatch CreateTable(NftTable table, string? comment = null)
    {
        Begin(Nfnl.NFT_MSG_NEWTABLE, Add | Rtnl.NLM_F_EXCL, table.Family, () => $"create table {table}");
        writer.Attribute(Nfnl.NFTA_TABLE_NAME, table.Name);
        writer.AttributeBigEndian(Nfnl.NFTA_TABLE_FLAGS, 0u);
        Comment(Nfnl.NFTA_TABLE_USERDATA, comment);
        return this;
    }

    /// <summary>The whole table, sets, chains, elements and rules; EEXIST when it is there.</summary>
    public NftBatch CreateTable(NftTableSpec spec)
    {
        spec.Create(this, exclusive: true);
        return this;
    }

    /// <summary>The whole table, sets, chains, elements and rules, where there is none.</summary>
    public NftBatch AddTable(NftTableSpec spec)
    {
        spec.Create(this);
        return this;
    }
}
