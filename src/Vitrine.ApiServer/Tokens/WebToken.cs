using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Tokens;

/// <summary>JSON Web Tokens in the compact form (RFC 7515, RFC 7519), with the one algorithm this server uses.</summary>
internal static class WebToken
{
    // Ours have about a kilobyte; nobody needs to have more read.
    private const int Longest = 16 << 10;

    public static string Write(TokenKey key, JsonObject claims)
    {
        var header = new JsonObject { ["alg"] = TokenKey.Algorithm, ["kid"] = key.Id };
        var signed = $"{Encode(header.ToJsonString())}.{Encode(claims.ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The claims of a token this key has signed; null for anything else. Its time and audience are the caller's to judge.</summary>
    public static JsonObject? Read(TokenKey key, string token)
    {
        if (token.Length > Longest || token.Split('.') is not [var head, var body, var tail] || Decode(head) is not { } header)
        {
            return null;
        }

        // The header chooses nothing: "none" and every other algorithm are refused before the signature is looked at (RFC 8725 3.1).
        try
        {
            if (header.Text("alg") != TokenKey.Algorithm || header.Text("kid") != key.Id || header.Has("crit"))
            {
                return null;
            }
        }
        catch (InvalidOperationException)
        {
            // Text is decoded when it is asked for: this was no UTF-8, or half of a surrogate pair.
            return null;
        }

        return Bytes(tail) is { } signature && key.Verify(Encoding.ASCII.GetBytes($"{head}.{body}"), signature) ? Decode(body) : null;
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static JsonObject? Decode(string part)
    {
        try
        {
            return Bytes(part) is { } bytes ? JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false }) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Bytes(string part)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        return Base64Url.IsValid(part) && Base64Url.TryDecodeFromChars(part, bytes, out var length) ? bytes[..length] : null;
    }
}
