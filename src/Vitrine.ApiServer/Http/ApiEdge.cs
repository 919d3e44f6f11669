using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.OpenApi;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Tokens;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Http;

/// <summary>
/// The single request delegate: 1. who asks, 2. routes that are not resources, 3. the resource's verb; whatever fails
/// below becomes one Status here.
/// </summary>
internal sealed class ApiEdge(ApiContext api, VerbTable verbs)
{
    private readonly BootstrapTokens _tokens = new(api);

    internal const string UserItem = "vitrine.user";

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache, private";
        http.Response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
        try
        {
            await RouteAsync(http);
        }
        catch (Exception error) when (Translate(http, error) is { } status)
        {
            EdgeMetrics.Failed(status.Code);
            if (http.Response.HasStarted)
            {
                // Half an answer cannot be taken back; a reset tells the client that it is not whole.
                http.Abort();
            }
            else
            {
                http.Response.Headers.Remove("Content-Length");
                await Answer.StatusAsync(http, status);
            }
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        // 1. who asks
        ClientUser? user = http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(UserItem, out object? item) == true ? item as ClientUser : null;
        user ??= Bearer(http.Request);
        AccessRules.Check(http.Request, user, api.Time.GetUtcNow());

        // 2. routes that are not resources
        string path = http.Request.Path.Value ?? "/";
        EdgeMetrics.Received();
        if (RequestPath.Parse(path) is not { } parsed || (api.Find(parsed) is null && HttpMethods.IsGet(http.Request.Method)))
        {
            BootstrapAccess.CheckPlain(http.Request, user);
            ServiceAccountAccess.CheckPlain(http.Request, user);
            await AnswerPlainAsync(http, path);
            return;
        }

        // 3. the resource's verb
        ApiRequest request = new(api, http, api.Find(parsed) ?? throw ApiErrors.UnknownPath(), parsed, user);
        if (request.Kind.Namespaced ? parsed.Namespace is null && parsed.Name is not null : parsed.Namespace is not null)
        {
            throw ApiErrors.UnknownPath();
        }

        if (request.Kind.Custom is { Deprecation.Length: > 0 } deprecated)
        {
            request.Warnings.Add(deprecated.Deprecation);
            Answer.AddWarnings(request);
            request.Warnings.Clear();
        }

        BootstrapAccess.Check(request);
        ServiceAccountAccess.Check(request);
        await verbs.Choose(request)(request);
    }

    // A certificate counts before a token; a token that is shown must be good, even for what is open to everybody.
    private ClientUser? Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string token = header[Scheme.Length..].Trim();
        return _tokens.Identify(token) ?? api.Tokens?.Identify(token, [ServiceAccountTokens.Issuer])?.User ?? throw ApiErrors.Unauthorized();
    }

    private Task AnswerPlainAsync(HttpContext http, string path)
    {
        if (HealthRoutes.Is(path))
        {
            return HealthRoutes.AnswerAsync(http);
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            throw http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/apis") ? ApiErrors.MethodNotAllowed() : ApiErrors.UnknownPath();
        }

        string accept = http.Request.Headers.Accept.ToString();
        if (api.Served.Discovery.TryAnswer(path, accept, out ReadOnlyMemory<byte> body, out string contentType))
        {
            return PlainAsync(http, body, contentType);
        }

        if (IssuerRoutes.TryAnswer(path, api.Tokens, out body, out contentType))
        {
            return PlainAsync(http, body, contentType);
        }

        if (api.Served.OpenApi.TryAnswer(path + http.Request.QueryString.Value, accept, out body, out contentType, out string? etag))
        {
            return OpenApiAsync(http, body, contentType, etag);
        }

        return path == "/metrics" ? Answer.TextAsync(http, 200, EdgeMetrics.Render()) : throw ApiErrors.UnknownPath();
    }

    private static Task OpenApiAsync(HttpContext http, ReadOnlyMemory<byte> body, string contentType, string? etag)
    {
        if (etag is not null)
        {
            http.Response.Headers.ETag = etag;
            if (http.Request.Headers.IfNoneMatch == etag)
            {
                http.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            if (http.Request.Query.ContainsKey("hash"))
            {
                // The URL names the content, so clients may keep it: kubectl's OpenAPI v3 cache relies on this.
                http.Response.Headers.CacheControl = "public, immutable";
            }
        }

        return PlainAsync(http, body, contentType);
    }

    private static Task PlainAsync(HttpContext http, ReadOnlyMemory<byte> body, string contentType)
    {
        http.Response.Headers.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }

    // Null lets the exception go on to Kestrel: the client is gone and nobody reads an answer.
    private ApiException? Translate(HttpContext http, Exception error)
    {
        switch (error)
        {
            case ApiException known:
                return known;
            case StoreUnavailableException full:
                return ApiErrors.UnavailableStore(full.Message);
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, bad.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", bad.Message);
            case OperationCanceledException or ConnectionResetException when http.RequestAborted.IsCancellationRequested:
                return null;
            default:
                EdgeLog.RequestFailed(api.Logger, http.Request.Method, http.Request.Path.Value ?? "", http.Response.Headers["Audit-Id"].ToString(), error);
                return ApiErrors.Internal();
        }
    }
}
