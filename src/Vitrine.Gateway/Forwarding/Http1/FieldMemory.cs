using System.Collections.Frozen;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Strings of the headers of a connection's last answer. Most answers say mostly the same again, in the same order, and what is there need not be made.</summary>
internal sealed class FieldMemory
{
    private const int Longest = 256, Most = 32;

    // Kestrel knows its own instances of names without a look at their letters.
    private static readonly FrozenDictionary<string, string> Known = new[]
    {
        HeaderNames.AcceptRanges, HeaderNames.AccessControlAllowOrigin, HeaderNames.Age, HeaderNames.Allow, HeaderNames.CacheControl, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding,
        HeaderNames.ContentLanguage, HeaderNames.ContentRange, HeaderNames.ContentType, HeaderNames.Date, HeaderNames.ETag, HeaderNames.Expires, HeaderNames.LastModified, HeaderNames.Location,
        HeaderNames.Pragma, HeaderNames.RetryAfter, HeaderNames.Server, HeaderNames.SetCookie, HeaderNames.Trailer, HeaderNames.Vary, HeaderNames.Via, HeaderNames.WWWAuthenticate,
    }.ToFrozenDictionary(n => n, StringComparer.OrdinalIgnoreCase);

    private readonly List<Entry> entries = [];

    /// <param name="index">of the header in its answer</param>
    /// <param name="bytes">that the line refers to</param>
    /// <param name="line">that is wanted</param>
    public Entry Of(int index, ReadOnlySpan<byte> bytes, FieldLine line)
    {
        var whole = line.Whole(bytes);
        if (index < entries.Count && whole.SequenceEqual(entries[index].Bytes))
            return entries[index];
        var name = Encoding.Latin1.GetString(line.Name(bytes));
        name = Known.GetValueOrDefault(name, name);
        var entry = new Entry(whole.ToArray(), name, Encoding.Latin1.GetString(line.Value(bytes)), HopByHop.Contains(name) || HopByHop.IsFraming(name));
        if (whole.Length <= Longest && index < entries.Count)
            entries[index] = entry;
        else if (whole.Length <= Longest && index == entries.Count && index < Most)
            entries.Add(entry);
        return entry;
    }

    /// <param name="Bytes">of the line</param>
    /// <param name="Name">of the header</param>
    /// <param name="Value">of the header, byte for character</param>
    /// <param name="Stays">the header is of the connection, or says where the body ends</param>
    internal sealed record Entry(byte[] Bytes, string Name, string Value, bool Stays);
}
