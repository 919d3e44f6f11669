using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Auth;

/// <summary>
/// Acting as somebody else by the headers Impersonate-User, -Group, -Uid and -Extra-KEY; each needs the verb impersonate for what it names
/// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
/// </summary>
internal static class Impersonation
{
    private const string Prefix = "Impersonate-";
    private const string ExtraPrefix = Prefix + "Extra-";
    private const string Verb = "impersonate";
    private const string Authentication = "authentication.k8s.io";

    /// <summary>Whom the request is to be made as: the user itself without such headers. Throws a 403 for what it may not be, a 400 for headers that make no sense.</summary>
    public static ClientUser Apply(HttpRequest request, ClientUser user, Authorizer access)
    {
        if (!request.Headers.Keys.Any(static name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            return user;
        }

        if (user.IsAnonymous)
        {
            throw ApiErrors.Unauthorized();
        }

        string name = request.Headers[Prefix + "User"].ToString();
        if (name.Length == 0)
        {
            throw ApiErrors.BadRequest("requested groups, uid or extra to be impersonated without impersonating a user: Impersonate-User is missing");
        }

        string? account = name.StartsWith(ClientUser.ServiceAccountPrefix, StringComparison.Ordinal) ? name[ClientUser.ServiceAccountPrefix.Length..] : null;
        access.Require(account?.Split(':') is [{ Length: > 0 } space, { Length: > 0 } of]
            ? new AccessQuestion(user, Verb, "", "serviceaccounts") { Namespace = space, Name = of }
            : new AccessQuestion(user, Verb, "", "users") { Name = name });
        string[] groups = [.. request.Headers[Prefix + "Group"].OfType<string>()];
        foreach (string group in groups)
        {
            access.Require(new AccessQuestion(user, Verb, "", "groups") { Name = group });
        }

        string uid = request.Headers[Prefix + "Uid"].ToString();
        if (uid.Length > 0)
        {
            access.Require(new AccessQuestion(user, Verb, Authentication, "uids") { Name = uid });
        }

        Dictionary<string, IReadOnlyList<string>> extra = Extra(request, user, access);
        return name == ClientUser.Anonymous.Name
            ? ClientUser.Anonymous
            : new ClientUser(name, WithAuthenticated(groups.Length == 0 && account?.Split(':') is [var ns, _] ? ClientUser.GroupsOfAccount(ns) : groups), user.NotAfter) { Uid = uid, Extra = extra };
    }

    private static Dictionary<string, IReadOnlyList<string>> Extra(HttpRequest request, ClientUser user, Authorizer access)
    {
        Dictionary<string, IReadOnlyList<string>> extra = new(StringComparer.Ordinal);
        foreach ((string header, var values) in request.Headers)
        {
            if (!header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string key = Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant());
            foreach (string value in values.OfType<string>())
            {
                access.Require(new AccessQuestion(user, Verb, Authentication, "userextras") { Subresource = key, Name = value });
            }

            extra[key] = [.. values.OfType<string>()];
        }

        return extra;
    }

    private static IReadOnlyList<string> WithAuthenticated(IReadOnlyList<string> groups) =>
        groups.Contains(ClientUser.Authenticated) ? groups : [.. groups, ClientUser.Authenticated];
}
