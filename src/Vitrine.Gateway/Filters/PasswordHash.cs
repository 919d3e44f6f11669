using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Gateway.Filters;

/// <summary>The hashes of htpasswd(1): bcrypt, {SHA} and apr1. Others match nobody.</summary>
internal static class PasswordHash
{
    private const string Digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static bool Verify(string password, string hash)
    {
        if (hash.StartsWith("$2", StringComparison.Ordinal))
            return VerifyBcrypt(password, hash);
        var computed = hash.StartsWith("{SHA}", StringComparison.Ordinal) ? Sha(password)
            : hash.StartsWith("$apr1$", StringComparison.Ordinal) ? Apr1(password, hash[6..].Split('$')[0])
            : null;
        return computed is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(computed), Encoding.UTF8.GetBytes(hash));
    }

    private static bool VerifyBcrypt(string password, string hash)
    {
        try
        {
            return BCrypt.Net.BCrypt.Verify(password, hash);
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    // htpasswd's SHA-1 has no salt; it is what users' files hold.
    private static string Sha(string password) => "{SHA}" + Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(password)));

    /// <summary>Apache's variant of MD5-crypt, a thousand rounds (apr_md5.c describes the same steps).</summary>
    internal static string Apr1(string password, string salt)
    {
        var word = Encoding.UTF8.GetBytes(password);
        salt = salt.Length > 8 ? salt[..8] : salt;
        var grain = Encoding.UTF8.GetBytes(salt);
        var inner = MD5.HashData([.. word, .. grain, .. word]);
        var mixed = new List<byte>([.. word, .. "$apr1$"u8, .. grain]);
        for (var left = word.Length; left > 0; left -= 16)
            mixed.AddRange(inner.AsSpan(0, Math.Min(16, left)));
        for (var i = word.Length; i != 0; i >>= 1)
            mixed.Add((i & 1) != 0 ? (byte)0 : word[0]);
        var final = MD5.HashData([.. mixed]);
        for (var round = 0; round < 1000; round++)
        {
            final = MD5.HashData(
            [
                .. round % 2 != 0 ? word : final,
                .. round % 3 != 0 ? grain : [],
                .. round % 7 != 0 ? word : [],
                .. round % 2 != 0 ? final : word,
            ]);
        }

        var text = new StringBuilder($"$apr1${salt}$");
        for (var i = 0; i < 5; i++)
            Append(text, final[i] << 16 | final[i + 6] << 8 | final[i == 4 ? 5 : i + 12], 4);
        Append(text, final[11], 2);
        return text.ToString();
    }

    private static void Append(StringBuilder text, int value, int count)
    {
        for (; count > 0; count--, value >>= 6)
            text.Append(Digits[value & 63]);
    }
}
