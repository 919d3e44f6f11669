using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>RFC 7617. The header goes on to the backend, as with nginx.</summary>
internal sealed class BasicAuthStep(BasicAuthFilter filter) : FilterStep
{
    private const int Remembered = 1024;

    // bcrypt takes a tenth of a second by design: what was once right is remembered by a keyed digest, for as long as the rule lives.
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public override ValueTask<bool> AskAsync(Exchange exchange)
    {
        var header = exchange.Http.Request.Headers.Authorization;
        if (header.Count != 1 || !TryRead(header.ToString(), out var user, out var password) || !filter.Users.TryGetValue(user, out var hash))
            return ChallengeAsync(exchange);
        var digest = Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{user}:{password}")));
        return known.ContainsKey(digest) ? ValueTask.FromResult(true) : VerifyAsync(exchange, password, hash, digest);
    }

    private async ValueTask<bool> VerifyAsync(Exchange exchange, string password, string hash, string digest)
    {
        // Never on the thread that serves the sockets.
        if (!await Task.Run(() => PasswordHash.Verify(password, hash)).ConfigureAwait(false))
            return await ChallengeAsync(exchange).ConfigureAwait(false);
        if (known.Count < Remembered)
            known[digest] = true;
        return true;
    }

    private ValueTask<bool> ChallengeAsync(Exchange exchange)
    {
        exchange.Http.Response.Headers.WWWAuthenticate = $"Basic realm=\"{filter.Realm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\", charset=\"UTF-8\"";
        return exchange.RefuseAsync(401, "a user and a password are asked for");
    }

    private static bool TryRead(string header, out string user, out string password)
    {
        user = password = "";
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return false;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
            return false;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;
        (user, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }
}
