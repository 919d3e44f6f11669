using System.Buffers.Binary;
using Vitrine.Dns.Wire;

namespace Vitrine.Dns.Answers;

/// <summary>The rendered records of one name and type.</summary>
internal readonly ref struct AnswerSet
{
    public int Count { get; init; }

    /// <summary>Bytes of each record; 0 where they differ, and so cannot be turned round.</summary>
    public int Stride { get; init; }

    public ReadOnlySpan<byte> Records { get; init; }

    public int AdditionalCount { get; init; }

    public ReadOnlySpan<byte> Additional { get; init; }

    /// <summary>
    /// Appends them. Several addresses begin at another one each time, so that clients that take the first spread over all; where not all of them fit, each time others are left out.
    /// </summary>
    /// <param name="writer">Of the answer.</param>
    /// <param name="turn">Any number; the next question has another.</param>
    /// <param name="owner">Where in the message the owner's name is; the question's without one.</param>
    public void AppendTo(ref MessageWriter writer, uint turn, int owner = DnsFormat.HeaderSize)
    {
        var start = writer.Length;
        if (Stride > 0)
        {
            var fitting = Math.Min(Count, writer.Room / Stride);
            // Spread by the golden ratio: a pod that asks for A and AAAA by turns would otherwise get every other start only.
            var first = (int)((ulong)(turn * 2654435769u) * (uint)Count >> 32);
            var tail = Math.Min(fitting, Count - first);
            writer.TryAppend(Records.Slice(first * Stride, tail * Stride), tail);
            writer.TryAppend(Records[..((fitting - tail) * Stride)], fitting - tail);
            if (fitting < Count)
                writer.Cut();
            if (owner != DnsFormat.HeaderSize)
                writer.Repoint(start, Stride, owner);
            return;
        }
        if (owner == DnsFormat.HeaderSize && writer.TryAppend(Records, Count))
        {
            writer.AppendAdditional(Additional, AdditionalCount);
            return;
        }
        var rest = Records;
        for (var i = 0; i < Count; i++)
        {
            var end = WireName.Skip(rest, 0) + 10;
            end += BinaryPrimitives.ReadUInt16BigEndian(rest[(end - 2)..]);
            if (!writer.TryAppend(rest[..end], 1))
            {
                writer.Cut();
                break;
            }
            writer.Repoint(writer.Length - end, end, owner);
            rest = rest[end..];
        }
    }
}
