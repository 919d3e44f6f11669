namespace Vitrine.Linux.Nft;

/// <summary>What a rule works out: a map's answer, a constant among other parts of a key, the connection before it was rewritten.</summary>
public sealed partial class NftField
{
    // Made when asked for, as in the other files of this class.
    private static NftField? ctOriginal4, ctOriginal6, ctOriginalPort, priority;

    /// <summary>Where the connection's first packet went, before any rewriting.</summary>
    public static NftField CtOriginal4Destination => ctOriginal4 ??= Original("ct original ip daddr", NftType.Ip4Address, 20, NftFamily.Ip);

    public static NftField CtOriginal6Destination => ctOriginal6 ??= Original("ct original ip6 daddr", NftType.Ip6Address, 22, NftFamily.Ip6);

    public static NftField CtOriginalDestinationPort => ctOriginalPort ??= new("ct original proto-dst", NftType.Port, to => NftExpression.CtOriginal(12, to));

    /// <summary>A value that is the same for every packet, as a part of a key.</summary>
    public static NftField Constant(NftType type, NftValue value) => new(value.Text, type, to => NftExpression.Immediate(to, value.Bytes));

    /// <summary>The packet's priority for queueing, a place to put a number down between rules: marks steer routing and belong to others.</summary>
    public static NftField Priority => priority ??= Meta("meta priority", NftType.Mark, 2);

    /// <summary>Some bits of a number of four bytes in the machine's order.</summary>
    public NftField Bits(uint mask) =>
        new($"{Text} & 0x{mask:x8}", Type, to => [.. Load(to), NftExpression.Bitwise(to, to, Native(mask), new byte[4])], Requires, Required) { Family = Family };

    /// <summary>
    /// What a map holds for the fields, to be compared; the rule ends without a match where it holds nothing. For keys and verdicts take a detour by
    /// <see cref="Priority"/>: nft 1.0.6 dies of a look-up of what was looked up.
    /// </summary>
    public static NftField Mapped(string map, NftType value, params ReadOnlySpan<NftField> key)
    {
        var parts = key.ToArray();
        var requiring = Array.Find(parts, p => p.Requires is not null);
        return new NftField($"{string.Join(" . ", parts.Select(p => p.Text))} map @{map}", value, to => LoadMapped(map, parts, to), requiring?.Requires, requiring?.Required) { Family = requiring?.Family };
    }

    /// <summary>The key is put together where the answer goes: nothing behind it is in use yet.</summary>
    private static NftExpression[] LoadMapped(string map, NftField[] parts, NftRegister to)
    {
        var all = new List<NftExpression>();
        var slot = to.Slot;
        foreach (var part in parts)
        {
            all.AddRange(part.Load(slot));
            slot += part.Type.PaddedSize / 4;
        }
        return [.. all, NftExpression.LookupMap(map, to, to.Number)];
    }

    private static NftField Original(string text, NftType type, uint key, NftFamily family) =>
        new(text, type, to => NftExpression.CtOriginal(key, to), NfProto, [(byte)family]) { Family = family };
}
