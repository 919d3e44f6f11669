namespace Vitrine.Linux.Nft;

/// <summary>
/// One of the sixteen 4-byte slots a rule computes in. Longer values take slots in a row. A number divisible by four has two names in the kernel's ABI,
/// and dumps use the older one (nft_dump_register); so do we, to find our own rules again.
/// </summary>
internal readonly record struct NftRegister(int Slot)
{
    internal const uint Verdict = 0;

    internal uint Number => Slot % 4 == 0 ? 1 + (uint)Slot / 4 : 8 + (uint)Slot;

    public static implicit operator NftRegister(int slot) => new(slot);
}
