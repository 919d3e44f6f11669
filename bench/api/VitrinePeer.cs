using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Bench.Api;

/// <summary>The API server in a child process and a client of it.</summary>
internal sealed class VitrinePeer : IDisposable
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private static readonly string s_filler = new('x', 860);
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly ChildProcess _process;
    private readonly string _directory;
    private readonly int _port;

    public VitrinePeer(string directory, int port)
    {
        (_directory, _port) = (directory, port);
        _process = ChildProcess.Start(Environment.ProcessPath!, "serve", directory, port.ToString());
    }

    public HttpClient Http { get; private set; } = null!;

    public ChildProcess Process => _process;

    public async Task ReadyAsync()
    {
        await _process.ReadyAsync();
        Http = Client();
    }

    public HttpClient Client()
    {
        SocketsHttpHandler handler = new() { EnableMultipleHttp2Connections = true };
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(_directory, "client.p12"), null)];
        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_port}"), DefaultRequestVersion = HttpVersion.Version20 };
    }

    public static byte[] Map(string name) => Encoding.ASCII.GetBytes($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{"k":"{{{s_filler}}}"} }""");

    public Task CreateAsync(string name) => PostAsync(Maps, Map(name));

    public Task PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    private async Task PostAsync(string path, byte[] sent)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Version = HttpVersion.Version20, Content = new ByteArrayContent(sent) };
        request.Content.Headers.ContentType = s_json;
        using HttpResponseMessage answer = await Http.SendAsync(request);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"create answered {answer.StatusCode}: {Encoding.UTF8.GetString(body)}");
        }
    }

    public async Task<int> ListAsync(int limit) => (await Http.GetByteArrayAsync($"{Maps}?limit={limit}")).Length;

    public async Task<StreamReader> WatchAsync() => new(await WatchBytesAsync(""));

    public async Task<Stream> WatchBytesAsync(string query)
    {
        HttpResponseMessage answer = await Http.GetAsync($"{Maps}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&{query}", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStreamAsync();
    }

    public void Dispose()
    {
        Http?.Dispose();
        _process.Dispose();
    }
}
