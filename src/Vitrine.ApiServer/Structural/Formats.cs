using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// The values of format that are checked (k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go, whose syntax is
/// k8s.io/kube-openapi/pkg/validation/strfmt's). Any other is documentation.
/// </summary>
internal static partial class Formats
{
    private static readonly Dictionary<string, Func<string, bool>> Known = new()
    {
        ["bsonobjectid"] = static text => text.Length == 24 && text.All(char.IsAsciiHexDigit),
        ["uri"] = static text => Uri.TryCreate(text, UriKind.Absolute, out _) || text.StartsWith('/'),
        ["email"] = static text => System.Net.Mail.MailAddress.TryCreate(text, out _),
        ["hostname"] = static text => text.Length <= 255 && Hostname().IsMatch(text),
        ["ipv4"] = static text => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && text.Count(static c => c == '.') == 3,
        ["ipv6"] = static text => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6,
        ["cidr"] = IsCidr,
        ["mac"] = static text => Mac().IsMatch(text),
        ["uuid"] = static text => Uuid().IsMatch(text),
        ["uuid3"] = static text => Uuid().IsMatch(text) && VersionOf(text) == '3',
        ["uuid4"] = static text => Uuid().IsMatch(text) && VersionOf(text) == '4',
        ["uuid5"] = static text => Uuid().IsMatch(text) && VersionOf(text) == '5',
        ["isbn"] = static text => IsIsbn10(text) || IsIsbn13(text),
        ["isbn10"] = IsIsbn10,
        ["isbn13"] = IsIsbn13,
        ["creditcard"] = static text => Digits(text, "- ") is { Length: >= 12 and <= 19 } digits && Luhn(digits),
        ["ssn"] = static text => Ssn().IsMatch(text),
        ["hexcolor"] = static text => HexColor().IsMatch(text),
        ["rgbcolor"] = static text => RgbColor().IsMatch(text),
        ["byte"] = static text => System.Buffers.Text.Base64.IsValid(text),
        ["password"] = static _ => true,
        ["date"] = static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["duration"] = static text => GoDurations.TryParse(text, out _),
        ["date-time"] = IsDateTime,
        ["datetime"] = IsDateTime,
        ["k8s-short-name"] = static text => !Names.Label(text).Any(),
        ["k8s-long-name"] = static text => !Names.Subdomain(text).Any(),
    };

    /// <summary>True also for a format nobody knows.</summary>
    public static bool Accepts(string format, string text) => !Known.TryGetValue(format, out var check) || check(text);

    /// <summary>RFC 3339; a space or a small t between date and time is taken, as upstream takes it.</summary>
    private static bool IsDateTime(string text) => Moment().IsMatch(text)
        && DateTimeOffset.TryParse(text.ToUpperInvariant(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static bool IsCidr(string text) => text.Split('/') is [var address, { Length: > 0 } length] && IPAddress.TryParse(address, out var parsed)
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static char VersionOf(string uuid) => Digits(uuid.ToLowerInvariant(), "-", hex: true)![12];

    private static bool IsIsbn10(string text) => Digits(text.TrimEnd('X'), "- ") is { Length: 9 or 10 } digits && (digits + (text.EndsWith('X') ? "X" : "")) is { Length: 10 } all
        && all.Select(static (c, i) => (c == 'X' ? 10 : c - '0') * (10 - i)).Sum() % 11 == 0;

    private static bool IsIsbn13(string text) => Digits(text, "- ") is { Length: 13 } digits && digits.Select(static (c, i) => (c - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;

    /// <summary>Without separators; null when anything else is left.</summary>
    private static string? Digits(string text, string separators, bool hex = false)
    {
        var left = string.Concat(text.Where(c => !separators.Contains(c, StringComparison.Ordinal)));
        return left.All(c => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c)) ? left : null;
    }

    private static bool Luhn(string digits) => digits.Reverse().Select(static (c, i) => i % 2 == 0 ? c - '0' : (c - '0') * 2 is var twice && twice > 9 ? twice - 9 : (c - '0') * 2).Sum() % 10 == 0;

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Moment();

    [GeneratedRegex(@"^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5,19}|[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2,9})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Ssn();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z", RegexOptions.NonBacktracking)]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\s*(,\s*([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\s*){2}\)\z", RegexOptions.NonBacktracking)]
    private static partial Regex RgbColor();
}
