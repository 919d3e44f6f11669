using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vitrine.Images;

/// <summary>
/// The store as a read-only registry (OCI distribution-spec 1.1, pull only) for the nodes' containerd, which asks with
/// <c>?ns=HOST</c> for the registry it stands in front of. What is not here is a 404, and containerd goes on to that registry.
/// </summary>
internal sealed class ImageMirror : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ImageStore store;

    private ImageMirror(WebApplication app, ImageStore store)
    {
        this.app = app;
        this.store = store;
    }

    public static async Task<ImageMirror> StartAsync(IPEndPoint listen, ImageStore store, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Listen(listen, l => l.Protocols = HttpProtocols.Http1);
        });
        var mirror = new ImageMirror(builder.Build(), store);
        mirror.app.Run(mirror.AnswerAsync);
        await mirror.app.StartAsync(ct);
        return mirror;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", "this registry is read-only");
        }

        var path = http.Request.Path.Value ?? "";
        if (path is "/v2" or "/v2/")
        {
            return Task.CompletedTask;
        }

        if (Split(path, "/manifests/") is var (name, reference))
        {
            var host = http.Request.Query["ns"].FirstOrDefault() ?? "docker.io";
            return SendManifestAsync(http, host == "registry-1.docker.io" ? "docker.io" : host, name, reference);
        }

        return Split(path, "/blobs/") is var (_, digest) && store.Blob(digest) is { } file
            ? SendAsync(http, file, "application/octet-stream", digest)
            : RefuseAsync(http, StatusCodes.Status404NotFound, "BLOB_UNKNOWN", $"{path} is not in the image store");
    }

    private Task SendManifestAsync(HttpContext http, string host, string name, string reference)
    {
        var images = store.List();
        var found = images.GetValueOrDefault($"{host}/{name}:{reference}")
            ?? images.Values.FirstOrDefault(m => m.Digest == reference);
        var file = store.Blob(found?.Digest ?? reference);
        return file is null
            ? RefuseAsync(http, StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", $"{host}/{name}:{reference} is not in the image store")
            : SendAsync(http, file, found?.MediaType ?? OciMediaType.Manifest, found?.Digest ?? reference);
    }

    private static (string Name, string Reference)? Split(string path, string verb)
    {
        var at = path.LastIndexOf(verb, StringComparison.Ordinal);
        return at > 4 && path.StartsWith("/v2/", StringComparison.Ordinal) ? (path[4..at], path[(at + verb.Length)..]) : null;
    }

    private static Task SendAsync(HttpContext http, string file, string mediaType, string digest)
    {
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = new FileInfo(file).Length;
        http.Response.Headers["Docker-Content-Digest"] = digest;
        http.Response.Headers.ETag = $"\"{digest}\"";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.SendFileAsync(file, http.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        var text = System.Text.Json.JsonEncodedText.Encode(message);
        return http.Response.WriteAsync($$"""{"errors":[{"code":"{{code}}","message":"{{text}}"}]}""", http.RequestAborted);
    }
}
