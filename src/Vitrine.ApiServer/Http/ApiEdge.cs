using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.OpenApi;
using Vitrine.ApiServer.Queues;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Tokens;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Http;

/// <summary>
/// The single request delegate: 1. who asks, 2. its turn, 3. whether he may, 4. routes that are not resources, 5. the resource's verb; whatever fails
/// below becomes one Status here.
/// </summary>
internal sealed class ApiEdge(ApiContext api, VerbTable verbs)
{
    private readonly BootstrapTokens _tokens = new(api);
    private readonly RequestQueues _queues = new(api.Store, api.BuiltIn);

    internal const string UserItem = "vitrine.user";

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache, private";
        http.Response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
        AuditRecord? record = api.Audit is { } log ? new AuditRecord(log, http, api.Time.GetUtcNow()) : null;
        ApiException? failure = null;
        try
        {
            await RouteAsync(http, record);
        }
        catch (Exception error) when (Translate(http, error) is { } status)
        {
            failure = status;
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
        finally
        {
            if (record is not null)
            {
                await record.EndAsync(failure, api.Time.GetUtcNow());
            }
        }
    }

    private async Task RouteAsync(HttpContext http, AuditRecord? record)
    {
        // 1. who asks
        ClientUser who = Identify(http);
        ClientUser user = Impersonation.Apply(http.Request, who, api.Access);
        string path = http.Request.Path.Value ?? "/";
        RequestPath? resource = RequestPath.Parse(path);
        AccessQuestion question = resource is { } asked ? RequestQuestion.Of(http.Request, asked, user) : AccessQuestion.OfPath(user, http.Request.Method, path);
        record?.Begin(question, who);
        EdgeMetrics.Received();

        // 2. its turn
        FlowSchemaPlan flow = _queues.Classify(question, http.Response.Headers);
        if (RequestQueues.IsLong(question))
        {
            await AnswerAsync(http, question, resource, record);
            return;
        }

        TimeSpan limit = http.Request.QueryString.HasValue ? RequestTimeout.Parse(http.Request.Query["timeout"].ToString()) : RequestTimeout.Longest;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        ending.CancelAfter(limit);
        CancellationToken aborted = http.RequestAborted;
        http.RequestAborted = ending.Token;
        try
        {
            Seat seat = await _queues.Seats.EnterAsync(flow.Level, flow.FlowOf(question), api.Time, ending.Token);
            try
            {
                await AnswerAsync(http, question, resource, record);
            }
            finally
            {
                _queues.Seats.Leave(seat);
            }
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested && ending.IsCancellationRequested)
        {
            throw ApiErrors.TimedOut(limit);
        }
        finally
        {
            http.RequestAborted = aborted;
        }
    }

    private async Task AnswerAsync(HttpContext http, AccessQuestion question, RequestPath? resource, AuditRecord? record)
    {
        // 3. whether he may
        AccessVerdict verdict = api.Access.Decide(question);
        record?.Decided(verdict);
        if (!verdict.Allowed)
        {
            throw Authorizer.Refusal(question, verdict);
        }

        // 4. routes that are not resources
        if (resource is not { } parsed || (api.Find(parsed) is null && HttpMethods.IsGet(http.Request.Method)))
        {
            await AnswerPlainAsync(http, http.Request.Path.Value ?? "/");
            return;
        }

        // 5. the resource's verb
        ApiRequest request = new(api, http, api.Find(parsed) ?? throw ApiErrors.UnknownPath(), parsed, question.User);
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

        await verbs.Choose(request)(request);
    }

    // A connection may outlive the certificate it began with.
    private ClientUser Identify(HttpContext http)
    {
        ClientUser? user = http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(UserItem, out object? item) == true ? item as ClientUser : null;
        user ??= Bearer(http.Request);
        return user is null || user.NotAfter < api.Time.GetUtcNow() ? ClientUser.Anonymous : user;
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

        if (path == "/vitrine/backup")
        {
            http.Response.Headers.ContentType = "application/gzip";
            return StoreBackup.WriteAsync(api.Store.Snapshot, api.Store.ResourceAt, api.Time.GetUtcNow(), http.Response.Body, http.RequestAborted);
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
