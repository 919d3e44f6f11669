using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.Unit.ApiServer.Verbs;

/// <summary>A whole API server on loopback with its own directory and CA.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vitrine-api-").FullName;
    private readonly List<HttpClient> _clients = [];

    private ApiServerOptions _options = null!;
    private Func<Task<ApiServerHost>> _start = null!;

    private TestServer()
    {
    }

    public TestCertificates Certificates { get; } = new();

    public ApiServerHost Host { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public static async Task<TestServer> StartAsync(TimeProvider? time = null, IReadOnlyList<Kind>? kinds = null, int tolerationSeconds = 300, Vitrine.ApiServer.Services.ServiceRanges? services = null, (string Log, string Policy)? audit = null)
    {
        TestServer server = new();
        server._options = new()
        {
            DataDirectory = Path.Combine(server._directory, "data"),
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            ServingCertificate = server.Certificates.Server(),
            ClusterCa = server.Certificates.Authority,
            KubeletClientCertificate = server.Certificates.Client("kubelet-client", "system:masters"),
            DefaultTolerationSeconds = tolerationSeconds,
            AuditLogPath = audit?.Log,
            AuditPolicyFile = audit?.Policy,
            Services = services ?? new Vitrine.ApiServer.Services.ServiceRanges(),
        };
        server._start = () => ApiServerHost.StartAsync(server._options, kinds ?? TestKinds.All, NullLoggerFactory.Instance, time ?? TimeProvider.System, CancellationToken.None);
        server.Host = await server._start();
        server.Admin = server.Client(server.Certificates.Client("admin", "system:masters"));
        return server;
    }

    /// <summary>Stops it and starts it again on the same directory.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = await _start();
        Admin = Client(Certificates.Client("admin", "system:masters"));
    }

    public HttpClient Client(X509Certificate2? certificate, bool http2 = true)
    {
        SocketsHttpHandler handler = new() { AutomaticDecompression = DecompressionMethods.None };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        HttpClient client = new(handler) { BaseAddress = new Uri($"https://{Host.Addresses[0]}"), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        _clients.Add(client);
        return client;
    }

    public Task<(int Code, JsonObject Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<(int Code, JsonObject Body)> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<(int Code, JsonObject Body)> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<(int Code, JsonObject Body)> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public Task<(int Code, JsonObject Body)> SendAsync(HttpMethod method, string path, string? body, string contentType = "application/json", string? accept = null) =>
        AskAsync(Admin, method, path, body, contentType, accept);

    /// <summary>A client of a user's own.</summary>
    public HttpClient User(string name, string group = "people") => Client(Certificates.Client(name, group));

    public static async Task<(int Code, JsonObject Body)> AskAsync(HttpClient client, HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient client in _clients)
        {
            client.Dispose();
        }

        await Host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
