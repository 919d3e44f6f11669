using System.Text.Json.Nodes;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Tokens;

/// <summary>
/// Tokens of ServiceAccounts (KEP-1205): who they are is in the claims, whether they still count is looked up at every request, so a
/// token ends with its account, or with the pod it was made for. Source: pkg/serviceaccount.
/// </summary>
internal sealed class ServiceAccountTokens(ApiContext api, TokenKey key)
{
    public const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private const string Private = "kubernetes.io";

    // A pod that is being ended may still say goodbye.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(60);

    private readonly Kind? nodes = Find(api, "nodes");
    private readonly Kind? pods = Find(api, "pods");
    private readonly Kind? secrets = Find(api, "secrets");

    /// <summary>Kind of a bound object → its kind here, or null.</summary>
    public Kind? KindOf(string bound) => bound switch
    {
        "Pod" => pods,
        "Node" => nodes,
        "Secret" => secrets,
        _ => null,
    };

    public TokenKey Key => key;

    /// <param name="account">The ServiceAccount.</param>
    /// <param name="bound">Kind and object the token ends with, or null.</param>
    /// <param name="audiences">For whom.</param>
    /// <param name="lifetime">From now.</param>
    public string Issue(JsonObject account, (string Kind, JsonObject Object)? bound, IEnumerable<string> audiences, TimeSpan lifetime)
    {
        var now = api.Time.GetUtcNow();
        var ns = account.TextAt("metadata.namespace");
        var own = new JsonObject { ["namespace"] = ns };
        if (bound is { } to)
        {
            own[to.Kind.ToLowerInvariant()] = Reference(to.Object);
            if (to.Kind == "Pod" && to.Object.TextAt("spec.nodeName") is { Length: > 0 } node)
            {
                own["node"] = nodes is not null && api.Store.Find(nodes, "", node) is { } found ? Reference(found.Parse()) : new JsonObject { ["name"] = node };
            }
        }

        own["serviceaccount"] = Reference(account);
        return WebToken.Write(key, new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(static audience => (JsonNode)audience)]),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            [Private] = own,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"{ClientUser.ServiceAccountPrefix}{ns}:{account.TextAt("metadata.name")}",
        });
    }

    /// <summary>Null for whatever is not a valid token for one of the audiences now. Which of the reasons it was is not said.</summary>
    public (ClientUser User, IReadOnlyList<string> Audiences)? Identify(string token, IReadOnlyCollection<string> audiences)
    {
        if (WebToken.Read(key, token) is not { } claims || claims.Text("iss") != Issuer || claims.Number("exp") is not { } exp || claims.Number("nbf") is not { } nbf)
        {
            return null;
        }

        var now = api.Time.GetUtcNow();
        var meant = (claims.Array("aud") ?? []).Select(static audience => audience.AsText() ?? "").Intersect(audiences).ToArray();
        var (own, ends) = (claims.Object(Private), DateTimeOffset.FromUnixTimeSeconds(exp));
        if (meant.Length == 0 || ends <= now || DateTimeOffset.FromUnixTimeSeconds(nbf) > now.AddSeconds(1) || own is null)
        {
            return null;
        }

        var (ns, name) = (own.Text("namespace"), own.Object("serviceaccount").Text("name"));
        if (!Lives(Find(api, "serviceaccounts"), ns, own.Object("serviceaccount"), now)
            || (own.Object("pod") is { } pod && !Lives(pods, ns, pod, now))
            || (own.Object("secret") is { } secret && !Lives(secrets, ns, secret, now))
            || (own.Object("node") is { } node && own.Object("pod") is null && !Lives(nodes, "", node, now)))
        {
            return null;
        }

        var user = new ClientUser($"{ClientUser.ServiceAccountPrefix}{ns}:{name}", ClientUser.GroupsOfAccount(ns), ends)
        {
            Uid = own.Object("serviceaccount").Text("uid"),
            Extra = Extra(claims, own),
        };
        return (user, meant);
    }

    private bool Lives(Kind? kind, string ns, JsonObject? reference, DateTimeOffset now)
    {
        if (kind is null || api.Store.Find(kind, ns, reference.Text("name")) is not { } stored)
        {
            return false;
        }

        var metadata = stored.Parse().Object("metadata");
        return metadata.Text("uid") == reference.Text("uid") && (metadata.Moment("deletionTimestamp") is not { } end || end + Farewell > now);
    }

    private static Dictionary<string, IReadOnlyList<string>> Extra(JsonObject claims, JsonObject own)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>> { ["authentication.kubernetes.io/credential-id"] = [$"JTI={claims.Text("jti")}"] };
        foreach (var kind in (string[])["pod", "node"])
        {
            if (own.Object(kind) is { } about)
            {
                extra[$"authentication.kubernetes.io/{kind}-name"] = [about.Text("name")];
                if (about.Text("uid") is { Length: > 0 } uid)
                {
                    extra[$"authentication.kubernetes.io/{kind}-uid"] = [uid];
                }
            }
        }

        return extra;
    }

    private static JsonObject Reference(JsonObject value) => new() { ["name"] = value.TextAt("metadata.name"), ["uid"] = value.TextAt("metadata.uid") };

    private static Kind? Find(ApiContext api, string plural) => api.Kinds.FirstOrDefault(kind => kind.Group.Length == 0 && kind.Plural == plural);
}
