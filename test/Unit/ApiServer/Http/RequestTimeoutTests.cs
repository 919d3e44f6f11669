using System.Net.Security;
using System.Net.Sockets;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Http;

public sealed class RequestTimeoutTests
{
    [Theory]
    [InlineData("", 60_000)]
    [InlineData("0", 60_000)]
    [InlineData("30s", 30_000)]
    [InlineData("500ms", 500)]
    [InlineData("0.5s", 500)]
    [InlineData("1m30s", 60_000)]
    [InlineData("24h", 60_000)]
    [InlineData("1s1ms", 1_001)]
    public void Go_durations_are_read_and_bounded(string text, double milliseconds) => Assert.Equal(milliseconds, RequestTimeout.Parse(text).TotalMilliseconds);

    [Theory]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1x")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999999999999999999999999h1")]
    public void Anything_else_is_refused(string text) => Assert.Throws<ApiException>(() => RequestTimeout.Parse(text));

    [Fact]
    public void Whatever_it_is_it_ends_in_a_time_or_a_refusal()
    {
        var random = new Random(7);
        for (var i = 0; i < 50_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => "0123456789.nsumµh- e"[random.Next(20)])]);
            try
            {
                Assert.InRange(RequestTimeout.Parse(text), TimeSpan.Zero, RequestTimeout.Longest);
            }
            catch (ApiException refused)
            {
                Assert.Equal(400, refused.Code);
            }
        }
    }

    [Fact]
    public async Task A_request_whose_body_does_not_come_is_ended()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """{"metadata":{"name":"bob"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"bob"}]}""");
        using var bob = server.User("bob");
        using TcpClient socket = new();
        await socket.ConnectAsync(server.Host.Addresses[0]);
        await using SslStream tls = new(socket.GetStream(), false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "server", ClientCertificates = [server.Certificates.Client("bob", "people")] });
        await tls.WriteAsync("POST /api/v1/namespaces/default/configmaps?timeout=300ms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        using StreamReader answer = new(tls);
        Assert.Equal("HTTP/1.1 504 Gateway Timeout", await answer.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(400, (await TestServer.AskAsync(bob, HttpMethod.Get, "/api/v1/namespaces?timeout=soon")).Code);
    }
}
