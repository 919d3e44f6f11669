using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>Where policy plans end: the kernel's table, or a double that behaves as it does.</summary>
internal interface IPolicyTable
{
    /// <summary>What is there; null when there is no table.</summary>
    PolicyReading? Read();

    /// <summary>Compares with what is really there and puts right whatever differs, in one transaction.</summary>
    /// <returns>how many changes it took; 0 when all was in order</returns>
    int Ensure(NftTableSpec whole);

    /// <summary>All of it, at one moment for packets; or an exception, and no packet meets a part of it.</summary>
    void Commit(PolicyChanges changes);
}
