namespace Vitrine.Linux.Nft;

/// <summary>The bytes of a key or of a map's value, parts of a concatenation padded to four bytes each. Equal by content.</summary>
public readonly struct NftKey : IEquatable<NftKey>, IComparable<NftKey>
{
    private readonly byte[]? bytes;

    internal NftKey(byte[] bytes) => this.bytes = bytes;

    public ReadOnlySpan<byte> Bytes => bytes;

    public static NftKey Of(params ReadOnlySpan<NftValue> parts)
    {
        if (parts.Length == 1)
            return new NftKey(parts[0].Bytes);
        var size = 0;
        foreach (var part in parts)
            size += (part.Bytes.Length + 3) & ~3;
        var all = new byte[size];
        var at = 0;
        foreach (var part in parts)
        {
            part.Bytes.CopyTo(all, at);
            at += (part.Bytes.Length + 3) & ~3;
        }
        return new NftKey(all);
    }

    /// <summary>The next key in order, or null after the last (all bits set).</summary>
    internal NftKey? Next()
    {
        var next = Bytes.ToArray();
        for (var i = next.Length - 1; i >= 0; i--)
            if (++next[i] != 0)
                return new NftKey(next);
        return null;
    }

    internal NftKey Previous()
    {
        var previous = Bytes.ToArray();
        for (var i = previous.Length - 1; i >= 0; i--)
            if (previous[i]-- != 0)
                break;
        return new NftKey(previous);
    }

    public bool Equals(NftKey other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is NftKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public int CompareTo(NftKey other) => Bytes.SequenceCompareTo(other.Bytes);

    public override string ToString() => Convert.ToHexStringLower(Bytes);
}
