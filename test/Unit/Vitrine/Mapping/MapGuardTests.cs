using Microsoft.AspNetCore.Http;
using Vitrine.Mapping;
using Xunit;

namespace Vitrine.Unit.Mapping;

/// <summary>Every page in every browser of the machine reaches the map's port; nobody gets an answer who has not followed a link.</summary>
public sealed class MapGuardTests : IDisposable
{
    private const int Port = 6543;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vitrine-map-");

    private MapSessions Sessions => new(folder.FullName);

    [Fact]
    public async Task A_link_is_exchanged_for_a_cookie_that_scripts_and_other_sites_never_see()
    {
        var opened = await AskAsync($"/open?token={Sessions.Issue(MapRights.Look)}");
        Assert.Equal((303, "/"), (opened.Response.StatusCode, opened.Response.Headers.Location.ToString()));
        var cookie = opened.Response.Headers.SetCookie.ToString();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        var (http, rights) = await TryAsync("/", cookie: cookie.Split(';')[0]);
        Assert.Equal(MapRights.Look, rights);
        Assert.Equal(200, http.Response.StatusCode);
    }

    [Fact]
    public async Task Without_a_session_there_is_no_answer()
    {
        Assert.Equal(401, (await AskAsync("/")).Response.StatusCode);
        Assert.Equal(401, (await AskAsync("/api/events", cookie: $"vitrine-map-{Port}=guess")).Response.StatusCode);
        Assert.Equal(401, (await AskAsync("/open?token=guess")).Response.StatusCode);
        Assert.Equal(401, (await AskAsync("/open")).Response.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:6543")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:80")]
    [InlineData("")]
    public async Task Another_hosts_name_is_not_ours(string host) => Assert.Equal(421, (await AskAsync("/", Session(MapRights.Apply), host: host)).Response.StatusCode);

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task Another_sites_page_asks_in_vain(string site) => Assert.Equal(403, (await AskAsync("/api/explain", Session(MapRights.Apply), site: site)).Response.StatusCode);

    [Theory]
    [InlineData("POST", false, 403)]
    [InlineData("DELETE", false, 403)]
    [InlineData("POST", true, 200)]
    [InlineData("GET", false, 200)]
    public async Task Only_who_may_apply_changes_anything(string method, bool mayApply, int status) =>
        Assert.Equal(status, (await AskAsync("/api/apply", Session(mayApply ? MapRights.Apply : MapRights.Look), method: method)).Response.StatusCode);

    [Fact]
    public async Task Every_answer_forbids_what_the_page_does_not_need()
    {
        var headers = (await AskAsync("/")).Response.Headers;
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", headers.XContentTypeOptions.ToString());
        Assert.Equal("no-referrer", headers["Referrer-Policy"].ToString());
        Assert.False(headers.ContainsKey("Access-Control-Allow-Origin"));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Session(MapRights rights) => $"vitrine-map-{Port}={Sessions.Redeem(Sessions.Issue(rights))}";

    private async Task<DefaultHttpContext> AskAsync(string target, string? cookie = null, string host = "127.0.0.1:6543", string? site = null, string method = "GET") => (await TryAsync(target, cookie, host, site, method)).Http;

    private async Task<(DefaultHttpContext Http, MapRights? Rights)> TryAsync(string target, string? cookie = null, string host = "127.0.0.1:6543", string? site = null, string method = "GET")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Path = target.Split('?')[0];
        http.Request.QueryString = new QueryString(target.Contains('?', StringComparison.Ordinal) ? $"?{target.Split('?')[1]}" : "");
        http.Request.Host = new HostString(host);
        if (cookie is not null)
            http.Request.Headers.Cookie = cookie;
        if (site is not null)
            http.Request.Headers["Sec-Fetch-Site"] = site;
        return (http, await new MapGuard(Sessions, Port).AdmitAsync(http));
    }
}
