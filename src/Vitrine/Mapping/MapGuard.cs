using Microsoft.AspNetCore.Http;

namespace Vitrine.Mapping;

/// <summary>
/// Who may ask the map's server for something. It is on the loopback, where every user of the machine and every page in a browser reaches it, so nothing is
/// answered without the cookie of a session, to another host name than its own (DNS rebinding), or to another site's page (Fetch Metadata).
/// </summary>
internal sealed class MapGuard(MapSessions sessions, int port)
{
    public const string OpenPath = "/open";

    /// <summary>Cookies know no ports: each cluster's map has its own.</summary>
    private string Cookie => $"vitrine-map-{port}";

    /// <summary>Everything comes from here, nothing is inline, nobody frames it.</summary>
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>What the visitor may do; null where the answer is already written.</summary>
    public async Task<MapRights?> AdmitAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (http.Request.Host.Value != $"127.0.0.1:{port}" && http.Request.Host.Value != $"localhost:{port}")
            return await RefuseAsync(StatusCodes.Status421MisdirectedRequest, $"this is the map of a cluster at 127.0.0.1:{port}, and nobody else's");
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
            return await RefuseAsync(StatusCodes.Status403Forbidden, "another site's page may not ask the map for anything; a link is to be put into the address bar");
        if (http.Request.Path == OpenPath)
            return await OpenAsync(http);
        if (sessions.Rights(http.Request.Cookies[Cookie]) is not { } rights)
            return await RefuseAsync(StatusCodes.Status401Unauthorized, "This link was used already, or the cluster is another one. For a new link: vitrine map");
        if (!HttpMethods.IsGet(http.Request.Method) && rights != MapRights.Apply)
            return await RefuseAsync(StatusCodes.Status403Forbidden, "the map only looks, unless its link is made by vitrine map --allow-apply");
        return rights;

        async Task<MapRights?> RefuseAsync(int status, string why)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync($"{why}\n", http.RequestAborted);
            return null;
        }
    }

    private async Task<MapRights?> OpenAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || sessions.Redeem(http.Request.Query["token"].ToString()) is not { } cookie)
        {
            // A reader who follows his link a second time has his session.
            var known = sessions.Rights(http.Request.Cookies[Cookie]) is not null;
            http.Response.StatusCode = known ? StatusCodes.Status303SeeOther : StatusCodes.Status401Unauthorized;
            http.Response.Headers.Location = known ? "/" : default;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(known ? "" : "This link was used already. For a new link: vitrine map\n", http.RequestAborted);
            return null;
        }
        http.Response.Cookies.Append(Cookie, cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/";
        return null;
    }
}
