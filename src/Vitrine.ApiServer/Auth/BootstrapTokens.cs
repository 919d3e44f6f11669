using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Auth;

/// <summary>
/// Tokens by which a new node asks for its first certificate, kept as Secrets of kube-system
/// (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/).
/// </summary>
internal sealed partial class BootstrapTokens(ApiContext api)
{
    private const string Namespace = "kube-system";
    private const string SecretType = "bootstrap.kubernetes.io/token";

    private readonly Kind? _secrets = api.Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "secrets" });

    /// <summary>Null for whatever is not a valid token now: unknown, expired, not for authentication. Which of them is not said.</summary>
    /// <param name="token">"id.secret" of an Authorization header.</param>
    public ClientUser? Identify(string token)
    {
        if (_secrets is null || Token().Match(token) is not { Success: true } parts)
        {
            return null;
        }

        string id = parts.Groups[1].Value;
        if (api.Store.Find(_secrets, Namespace, $"bootstrap-token-{id}") is not { IsDeleting: false } stored)
        {
            return null;
        }

        JsonObject secret = stored.Parse();
        JsonObject? fields = secret.Object("data");
        bool known = CryptographicOperations.FixedTimeEquals(Bytes(fields, "token-secret"), Encoding.ASCII.GetBytes(parts.Groups[2].Value));
        if (!known || secret.Text("type") != SecretType || Text(fields, "token-id") != id || Text(fields, "usage-bootstrap-authentication") != "true")
        {
            return null;
        }

        return Expiry(fields) is { } end && end > api.Time.GetUtcNow() && Groups(fields) is { } groups
            ? new ClientUser(ClientUser.BootstrapPrefix + id, groups, end)
            : null;
    }

    /// <summary>Never for a token without one; null for a time that cannot be read, which counts as past.</summary>
    private static DateTimeOffset? Expiry(JsonObject? fields) => Text(fields, "expiration") switch
    {
        "" => DateTimeOffset.MaxValue,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset end) => end,
        _ => null,
    };

    /// <summary>Null when a group is not one for bootstrapping: a token must not make its bearer anybody else.</summary>
    private static List<string>? Groups(JsonObject? fields)
    {
        List<string> groups = ["system:bootstrappers"];
        foreach (string group in Text(fields, "auth-extra-groups").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ExtraGroup().IsMatch(group))
            {
                return null;
            }

            groups.Add(group);
        }

        groups.Add(ClientUser.Authenticated);
        return groups;
    }

    private static string Text(JsonObject? fields, string key) => Encoding.UTF8.GetString(Bytes(fields, key));

    private static byte[] Bytes(JsonObject? fields, string key)
    {
        string encoded = fields.Text(key);
        byte[] bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out int length) ? bytes[..length] : [];
    }

    [GeneratedRegex(@"^([a-z0-9]{6})\.([a-z0-9]{16})\z", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(@"^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex ExtraGroup();
}
