using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>A pod's server: keeps every request it got, and answers with its name unless told otherwise.</summary>
internal sealed class FakeBackend : IAsyncDisposable
{
    private readonly WebApplication application;

    private FakeBackend(string name, RequestDelegate? answer, HttpProtocols protocols, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = protocols;
            if (certificate is not null)
                l.UseHttps(o => o.ServerCertificateSelector = (_, _) => certificate);
        }));
        application = builder.Build();
        application.UseWebSockets();
        application.Run(async http =>
        {
            using var body = new MemoryStream();
            if (answer is null)
                await http.Request.Body.CopyToAsync(body);
            Requests.Enqueue(new Received(
                http.Request.Method, http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget, http.Request.Protocol,
                http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), System.Text.Encoding.UTF8.GetString(body.ToArray()),
                http.Features.Get<Microsoft.AspNetCore.Connections.Features.ITlsHandshakeFeature>()?.HostName));
            http.Response.Headers["X-Backend"] = name;
            await (answer ?? (h => h.Response.WriteAsync(name)))(http);
        });
    }

    public ConcurrentQueue<Received> Requests { get; } = new();

    public Received Only => Assert.Single(Requests);

    public int Port { get; private set; }

    public static async Task<FakeBackend> StartAsync(string name = "web", RequestDelegate? answer = null, HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null)
    {
        var backend = new FakeBackend(name, answer, protocols, certificate);
        await backend.application.StartAsync();
        backend.Port = new Uri(backend.application.Urls.First()).Port;
        return backend;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    internal sealed record Received(string Method, string Target, string Protocol, Dictionary<string, string> Headers, string Body, string? ServerName);
}
