using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Tokens;

namespace Vitrine.Fuzz;

/// <summary>Bearer tokens: none but the seed itself is believed, and none is too strange to be refused.</summary>
internal static class TokenFuzz
{
    private static readonly TokenKey Key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private static readonly string Good = WebToken.Write(Key, new JsonObject { ["sub"] = "system:serviceaccount:a:b", ["exp"] = 1, ["aud"] = new JsonArray("c") });

    public static string[] Seeds { get; } = [Good, "eyJhbGciOiJub25lIn0.e30.", "a.b.c"];

    public static void Parse(byte[] input)
    {
        var token = Encoding.Latin1.GetString(input);
        // The unused bits of the last character say nothing; what is signed must be the seed's to the letter.
        if (WebToken.Read(Key, token) is not null && Signed(token) != Signed(Good))
        {
            throw new InvalidOperationException("a forged token was believed");
        }
    }

    private static string Signed(string token) => token[..token.LastIndexOf('.')];
}
