using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class TlsTests
{
    [Fact]
    public async Task Each_name_is_shown_its_certificate()
    {
        await using var gateway = await Serving(TestCertificate.Planned("a.example", "ns/a"), TestCertificate.Planned("*.b.example", "ns/b"));
        Assert.Equal("CN=a.example", (await ShakeAsync(gateway, "a.example")).Subject);
        Assert.Equal("CN=*.b.example", (await ShakeAsync(gateway, "x.b.example")).Subject);
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeAsync(gateway, "x.y.b.example"));
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeAsync(gateway, "c.example"));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_carry_HTTP_1_and_2(SslProtocols version)
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await Serving(shop, TestCertificate.Planned("a.example", "ns/a"));
        foreach (var http in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = Client(gateway, version);
            using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "https://a.example/") { Version = http, VersionPolicy = HttpVersionPolicy.RequestVersionExact });
            Assert.Equal((HttpStatusCode.OK, http), (answer.StatusCode, answer.Version));
        }
        Assert.All(shop.Requests, r => Assert.Equal("https", r.Headers["X-Forwarded-Proto"]));
    }

    [Fact]
    public async Task A_rotated_certificate_is_shown_to_the_next_client_and_cuts_nobody_off()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await Serving(shop, TestCertificate.Planned("a.example", "ns/a"));
        using var client = Client(gateway);
        Assert.Equal("shop", await client.GetStringAsync("https://a.example/"));
        var first = await ShakeAsync(gateway, "a.example");
        await ServeAsync(gateway, [shop], TestCertificate.Planned("a.example", "ns/a"));
        Assert.NotEqual(first.Thumbprint, (await ShakeAsync(gateway, "a.example")).Thumbprint);
        // The old connection goes on under the old one.
        Assert.Equal("shop", await client.GetStringAsync("https://a.example/"));
    }

    [Theory]
    [InlineData("a.example", "a.example", 200)]
    [InlineData("a.example", "A.EXAMPLE:443", 200)]
    [InlineData("x.b.example", "y.b.example", 200)]
    [InlineData("a.example", "x.b.example", 421)]
    [InlineData("x.b.example", "a.example", 421)]
    [InlineData("a.example", "unknown.example", 421)]
    public async Task A_connection_serves_the_names_of_its_certificate_alone(string serverName, string host, int status)
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await Serving(shop, TestCertificate.Planned("a.example", "ns/a"), TestCertificate.Planned("*.b.example", "ns/b"));
        await using var stream = await OpenAsync(gateway, serverName);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
    }

    [Fact]
    public async Task An_expired_certificate_is_shown_and_one_without_its_key_stops_no_other()
    {
        var expired = TestCertificate.For("a.example", DateTimeOffset.UnixEpoch.AddYears(1), DateTimeOffset.UnixEpoch.AddYears(2));
        var broken = TestCertificate.Planned("b.example", "ns/b") with { Key = TestCertificate.Planned("b.example", "ns/b").Key };
        await using var gateway = await Serving(TestCertificate.Planned("a.example", "ns/a", expired), broken);
        Assert.Equal("CN=a.example", (await ShakeAsync(gateway, "a.example")).Subject);
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeAsync(gateway, "b.example"));
    }

    [Fact]
    public async Task TLS_is_carried_on_unopened_by_the_name_in_its_greeting()
    {
        using var certificate = TestCertificate.For("pod.example");
        using var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        await using var pod = await FakeBackend.StartAsync("pod", protocols: HttpProtocols.Http1AndHttp2, certificate: served);
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([], [TestGateway.Upstream("pod", UpstreamProtocol.Tcp, pod)], l => l with
        {
            Protocol = ListenerProtocol.Passthrough, Passthrough = [new PassthroughRoute(new RuleSource("TLSRoute", "a", "b"), "*.example", [new WeightedBackend("pod")])],
        });
        using var client = Client(gateway);
        Assert.Equal("pod", await client.GetStringAsync("https://pod.example/"));
        Assert.Equal("CN=pod.example", (await ShakeAsync(gateway, "pod.example")).Subject);
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeAsync(gateway, "pod.test"));
    }

    [Theory]
    [InlineData("pod.example", true)]
    [InlineData("other.example", false)]
    public async Task A_backends_certificate_is_looked_at_by_the_name_of_its_policy(string name, bool trusted)
    {
        using var certificate = TestCertificate.For("pod.example");
        using var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        await using var pod = await FakeBackend.StartAsync("pod", protocols: HttpProtocols.Http1AndHttp2, certificate: served);
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "pod")],
            [TestGateway.Upstream("pod", UpstreamProtocol.Https, pod) with { Tls = new UpstreamTls(name, TestCertificate.Authority.ExportCertificatePem()) }]);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(gateway.Url);
        Assert.Equal(trusted ? HttpStatusCode.OK : HttpStatusCode.BadGateway, answer.StatusCode);
        if (trusted)
            Assert.Equal(("HTTP/1.1", name), (pod.Only.Protocol, pod.Only.ServerName));
    }

    [Fact]
    public async Task A_backend_of_another_authority_is_not_trusted()
    {
        using var certificate = TestCertificate.For("pod.example");
        using var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        await using var pod = await FakeBackend.StartAsync("pod", protocols: HttpProtocols.Http1AndHttp2, certificate: served);
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "pod"), ], [TestGateway.Upstream("pod", UpstreamProtocol.Https, pod) with { Tls = new UpstreamTls("pod.example", TestCertificate.For("x").ExportCertificatePem()) }]);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.BadGateway, (await client.GetAsync(gateway.Url)).StatusCode);
        await gateway.ServeAsync([TestGateway.Rule("/", "pod")], [TestGateway.Upstream("pod", UpstreamProtocol.Https, pod) with { Tls = new UpstreamTls(null, "") }]);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(gateway.Url)).StatusCode);
    }

    private static Task<TestGateway> Serving(params ServerCertificate[] certificates) => Serving(null, certificates);

    private static async Task<TestGateway> Serving(FakeBackend? backend, params ServerCertificate[] certificates)
    {
        var gateway = await TestGateway.StartAsync();
        await ServeAsync(gateway, backend is null ? [] : [backend], certificates);
        return gateway;
    }

    private static Task ServeAsync(TestGateway gateway, FakeBackend[] backends, params ServerCertificate[] certificates) =>
        gateway.ServeAsync([TestGateway.Rule("/", "web")], [TestGateway.Upstream("web", backends)], l => l with { Port = 443, Protocol = ListenerProtocol.Https, Certificates = [.. certificates] });

    private static async Task<SslStream> OpenAsync(TestGateway gateway, string name, SslProtocols version = SslProtocols.None)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        var stream = new SslStream(new NetworkStream(socket, true), false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = version });
        return stream;
    }

    private static async Task<X509Certificate2> ShakeAsync(TestGateway gateway, string name)
    {
        await using var stream = await OpenAsync(gateway, name);
        return new X509Certificate2(stream.RemoteCertificate!);
    }

    private static HttpClient Client(TestGateway gateway, SslProtocols version = SslProtocols.None) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port, ct);
            return new NetworkStream(socket, true);
        },
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true, EnabledSslProtocols = version },
    });
}
