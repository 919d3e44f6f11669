using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Vitrine.Dns.Wire;

namespace Vitrine.Dns.Cache;

/// <summary>A question as a key: name, type, and the two flags that change what is answered. Compared as bytes, so that a lookup allocates nothing.</summary>
internal sealed class CacheKey : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public const int MaxSize = DnsFormat.MaxName + 3;

    public static readonly CacheKey Comparer = new();

    /// <returns>the part of <paramref name="into"/> that is the key</returns>
    public static ReadOnlySpan<byte> Write(Span<byte> into, ReadOnlySpan<byte> name, ushort type, bool dnssecOk, bool checkingDisabled)
    {
        name.CopyTo(into);
        BinaryPrimitives.WriteUInt16BigEndian(into[name.Length..], type);
        into[name.Length + 2] = (byte)((dnssecOk ? 1 : 0) | (checkingDisabled ? 2 : 0));
        return into[..(name.Length + 3)];
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // Seeded by the runtime: names cannot be chosen to meet in one bucket.
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
