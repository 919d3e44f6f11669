using System.Net;

namespace Vitrine.Linux.Nft;

/// <summary>An element of a set or a map. Sets of intervals take a <see cref="Last"/>; a map's element has a value or a verdict.</summary>
public sealed record NftElement(NftKey Key)
{
    /// <summary>The last key of a range, itself included; null for the one key.</summary>
    public NftKey? Last { get; init; }

    public NftKey? Value { get; init; }

    public NftVerdict? Verdict { get; init; }

    /// <summary>Null: it stays.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Shown by nft(8): which object of the user's this entry is for.</summary>
    public string? Comment { get; init; }

    public static NftElement Of(params ReadOnlySpan<NftValue> key) => new(NftKey.Of(key));

    /// <summary>All addresses of a network.</summary>
    public static NftElement Of(IPNetwork network) => new(NftKey.Of(NftValue.First(network))) { Last = NftKey.Of(NftValue.Last(network)) };

    public NftElement To(params ReadOnlySpan<NftValue> value) => this with { Value = NftKey.Of(value) };
}
