using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>
/// A request's path as it is matched and as it is sent on. Both come from one normal form (RFC 3986 §6.2.2), so that a backend never sees another path
/// than the rules did: dots are resolved, needless escapes undone; what a backend might read as a step upwards is refused.
/// </summary>
/// <param name="Encoded">for the backend: begins with /; empty segments, %2F and parameters stay</param>
/// <param name="Decoded">for rules: escapes undone, but for %2F, %25, control characters and what is no UTF-8</param>
/// <param name="Query">with its question mark, or empty; as sent</param>
public readonly record struct RequestPath(string Encoded, string Decoded, string Query)
{
    private const string Hex = "0123456789ABCDEF";

    /// <param name="target">of the request line: origin or absolute form (RFC 9112 §3.2)</param>
    /// <param name="path">what it names</param>
    /// <param name="why">what is wrong with it</param>
    public static bool TryParse(string target, out RequestPath path, [NotNullWhen(false)] out string? why)
    {
        path = default;
        var from = 0;
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            if (authority < 0)
                return Bad("the target is no path", out why);
            from = target.AsSpan(authority + 3).IndexOfAny('/', '?') is var i and >= 0 ? authority + 3 + i : target.Length;
        }

        foreach (var c in target)
            if (c is <= ' ' or >= '\x7f' or '#')
                return Bad("the target has a character that must be escaped", out why);
        var question = target.IndexOf('?', from);
        var raw = from == 0 && question < 0 ? target : question < 0 ? target[from..] : target[from..question];
        var query = question < 0 ? "" : target[question..];
        if (raw.Length == 0)
            raw = "/";
        why = null;
        if (!raw.Contains('%') && !raw.Contains("/.", StringComparison.Ordinal) && !raw.Contains('\\'))
        {
            path = new RequestPath(raw, raw, query);
            return true;
        }

        if (Unescape(raw) is not { } plain)
            return Bad("the path has an escape that is none", out why);
        if (plain.Split('/').Any(IsHiddenStep))
            return Bad("the path has a step that some servers read as one upwards", out why);
        var encoded = ResolveDots(plain);
        path = new RequestPath(encoded, encoded.Contains('%') ? Decode(encoded) : encoded, query);
        return true;
    }

    /// <summary>The encoded form of a path in decoded form.</summary>
    public static string Encode(string decoded)
    {
        if (!decoded.AsSpan().ContainsAnyExcept(PathCharacters))
            return decoded;
        var text = new StringBuilder(decoded.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < decoded.Length;)
        {
            var escaped = decoded[i] == '%' && i + 2 < decoded.Length && char.IsAsciiHexDigit(decoded[i + 1]) && char.IsAsciiHexDigit(decoded[i + 2]);
            if (escaped || PathCharacters.Contains(decoded[i]))
            {
                text.Append(decoded[i++]);
                continue;
            }
            Rune.DecodeFromUtf16(decoded.AsSpan(i), out var rune, out var used);
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
                text.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
            i += used;
        }
        return text.ToString();
    }

    // pchar and / (RFC 3986 §3.3)
    private static readonly System.Buffers.SearchValues<char> PathCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    private static bool Bad(string reason, out string why)
    {
        why = reason;
        return false;
    }

    /// <summary>Escapes of unreserved characters undone, the others in capitals; null for an escape that is none, or of NUL.</summary>
    private static string? Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '%')
            {
                text.Append(raw[i]);
                continue;
            }
            if (i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2]))
                return null;
            var value = (char)(Convert.FromHexString(raw.AsSpan(i + 1, 2))[0]);
            if (value == 0)
                return null;
            if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~')
                text.Append(value);
            else
                text.Append('%').Append(Hex[value >> 4]).Append(Hex[value & 15]);
            i += 2;
        }
        return text.ToString();
    }

    // "..;x" is ".." to servers that know path parameters; "..%2Fx" and "..\x" to those that undo escapes first.
    private static bool IsHiddenStep(string segment)
    {
        if (!segment.Contains('.') || segment is "." or "..")
            return false;
        var parts = segment.Replace("%2F", "/", StringComparison.Ordinal).Replace("%5C", "/", StringComparison.Ordinal).Replace('\\', '/').Split('/');
        return parts.Any(p => p.Split(';')[0].Replace("%3B", ";", StringComparison.Ordinal).Split(';')[0] is "." or "..");
    }

    /// <summary>RFC 3986 §5.2.4; empty segments stay.</summary>
    private static string ResolveDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
            return path;
        var kept = new List<string>();
        var segments = path.Split('/').AsSpan(1);
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }
            if (segments[i] == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            // A path that ends in a dot ends in a slash.
            if (i == segments.Length - 1)
                kept.Add("");
        }
        return "/" + string.Join('/', kept);
    }

    private static string Decode(string encoded)
    {
        var text = new StringBuilder(encoded.Length);
        var bytes = new byte[4];
        for (var i = 0; i < encoded.Length;)
        {
            if (encoded[i] != '%')
            {
                text.Append(encoded[i++]);
                continue;
            }
            var have = 0;
            for (var at = i; have < 4 && at < encoded.Length && encoded[at] == '%'; at += 3)
                bytes[have++] = Convert.FromHexString(encoded.AsSpan(at + 1, 2))[0];
            var whole = Rune.DecodeFromUtf8(bytes.AsSpan(0, have), out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (whole && !Rune.IsControl(rune) && rune.Value is not ('/' or '%'))
                text.Append(rune.ToString());
            else
                text.Append(encoded, i, 3 * (used = 1));
            i += 3 * used;
        }
        return text.ToString();
    }
}
