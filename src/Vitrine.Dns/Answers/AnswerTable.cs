using System.Numerics;
using System.Runtime.InteropServices;
using Vitrine.Dns.Wire;

namespace Vitrine.Dns.Answers;

/// <summary>
/// Name → <see cref="NameEntry"/>, by open addressing. One thread writes, any number read without a lock: an entry is replaced by one store of a reference, and what a
/// reader still holds stays whole. The hash is seeded, so nobody can choose names that meet in one place.
/// </summary>
internal sealed class AnswerTable
{
    private const int SmallestSize = 64;

    /// <summary>In place of an entry that went: a search goes on behind it.</summary>
    private static readonly byte[] Gone = [0, 0];

    private readonly ulong seed = (ulong)Random.Shared.NextInt64() | 1;
    private Slot[] slots = new Slot[SmallestSize];
    private int used;

    /// <summary>Names held.</summary>
    public int Count { get; private set; }

    /// <param name="name">On the wire, lower case.</param>
    /// <returns>bytes of a <see cref="NameEntry"/>, or null</returns>
    public byte[]? Find(ReadOnlySpan<byte> name)
    {
        var now = Volatile.Read(ref slots);
        var hash = Hash(name);
        for (var i = (int)hash & (now.Length - 1); now[i].Entry is { } entry; i = (i + 1) & (now.Length - 1))
            if (now[i].Hash == (uint)(hash >> 32) && entry.AsSpan(1, entry[0]).SequenceEqual(name))
                return entry;
        return null;
    }

    /// <summary>Puts the entry in place of an older one of its name.</summary>
    public void Set(byte[] entry)
    {
        if ((used + 1) * 2 > slots.Length)
            Grow();
        var name = new NameEntry(entry).Name;
        var hash = Hash(name);
        for (var i = (int)hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[i];
            if (slot.Entry is { } held && (held == Gone || slot.Hash != (uint)(hash >> 32) || !new NameEntry(held).Name.SequenceEqual(name)))
                continue;
            if (slot.Entry is null)
            {
                used++;
                Count++;
                slot.Hash = (uint)(hash >> 32);
            }
            Volatile.Write(ref slot.Entry, entry);
            return;
        }
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        var hash = Hash(name);
        for (var i = (int)hash & (slots.Length - 1); slots[i].Entry is { } held; i = (i + 1) & (slots.Length - 1))
            if (held != Gone && slots[i].Hash == (uint)(hash >> 32) && new NameEntry(held).Name.SequenceEqual(name))
            {
                Volatile.Write(ref slots[i].Entry, Gone);
                Count--;
                return;
            }
    }

    /// <summary>Twice the room for what is there, without what went; readers keep the old array until they are done with it.</summary>
    private void Grow()
    {
        var next = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestSize, (Count + 1) * 4))];
        foreach (var slot in slots)
            if (slot.Entry is { } entry && entry != Gone)
            {
                var i = (int)Hash(new NameEntry(entry).Name) & (next.Length - 1);
                while (next[i].Entry is not null)
                    i = (i + 1) & (next.Length - 1);
                next[i] = slot;
            }
        used = Count;
        Volatile.Write(ref slots, next);
    }

    /// <summary>Eight bytes at a time, multiplied to 128 bits and folded.</summary>
    private ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = seed ^ (ulong)name.Length;
        while (name.Length >= 8)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(name));
            name = name[8..];
        }
        ulong last = 0;
        for (var i = 0; i < name.Length; i++)
            last |= (ulong)name[i] << (8 * i);
        return Fold(Fold(hash ^ last) ^ seed);
    }

    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, 0x9e3779b97f4a7c15, out var low);
        return high ^ low;
    }

    private struct Slot
    {
        public uint Hash;
        public byte[]? Entry;
    }
}
