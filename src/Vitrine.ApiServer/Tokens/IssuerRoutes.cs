using System.Text;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Tokens;

/// <summary>By which others verify tokens: OpenID Connect discovery, and the public key (RFC 7517). KEP-1393.</summary>
internal static class IssuerRoutes
{
    private const string Keys = "/openid/v1/jwks";

    public static bool TryAnswer(string path, ServiceAccountTokens? tokens, out ReadOnlyMemory<byte> body, out string contentType)
    {
        (JsonObject? document, contentType) = (path, tokens) switch
        {
            ("/.well-known/openid-configuration", not null) => (Configuration(), "application/json"),
            (Keys, not null) => (KeySet(tokens.Key), "application/jwk-set+json"),
            _ => (null, ""),
        };
        body = document is null ? default : Encoding.UTF8.GetBytes(document.ToJsonString());
        return document is not null;
    }

    private static JsonObject Configuration() => new()
    {
        ["issuer"] = ServiceAccountTokens.Issuer,
        ["jwks_uri"] = ServiceAccountTokens.Issuer + Keys,
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray(TokenKey.Algorithm),
    };

    private static JsonObject KeySet(TokenKey key) => new()
    {
        ["keys"] = new JsonArray(new JsonObject
        {
            ["use"] = "sig",
            ["kty"] = "EC",
            ["kid"] = key.Id,
            ["crv"] = "P-256",
            ["alg"] = TokenKey.Algorithm,
            ["x"] = key.Point.X,
            ["y"] = key.Point.Y,
        }),
    };
}
