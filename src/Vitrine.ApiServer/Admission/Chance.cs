using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vitrine.ApiServer.Admission;

/// <summary>What the server may choose freely: uids, ends of generated names, addresses and ports.</summary>
/// <param name="next">the next number; each is asked for once</param>
internal sealed class Chance(Func<ulong> next)
{
    // No vowels and no look-alikes, so that no generated name spells anything (k8s.io/apimachinery/pkg/util/rand).
    private const string SuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;

    /// <summary>Nobody can guess it.</summary>
    public static Chance Any { get; } = new(static () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));

    /// <summary>0, 1, 2 …: the same objects in the same order are given the same.</summary>
    public static Chance InOrder()
    {
        var count = 0UL;
        return new Chance(() => count++);
    }

    public Guid Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], next());
        // Version 4 and its variant (RFC 9562).
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Five letters.</summary>
    public string Suffix()
    {
        Span<char> letters = stackalloc char[SuffixLength];
        var number = next();
        for (var i = SuffixLength - 1; i >= 0; i--)
        {
            letters[i] = SuffixAlphabet[(int)(number % (ulong)SuffixAlphabet.Length)];
            number /= (ulong)SuffixAlphabet.Length;
        }
        return new string(letters);
    }

    /// <summary>From 0 to <paramref name="size"/> - 1.</summary>
    public long Below(long size) => (long)(next() % (ulong)size);
}
