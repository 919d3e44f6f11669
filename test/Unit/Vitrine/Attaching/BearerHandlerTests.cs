using k8s;
using Vitrine.Attaching;
using Xunit;

namespace Vitrine.Unit.Attaching;

/// <summary>A token goes with every request, whoever makes it.</summary>
public sealed class BearerHandlerTests
{
    [Theory]
    [InlineData("abc", "Bearer abc")]
    [InlineData(null, "")]
    [InlineData("", "")]
    public async Task The_token_of_the_kubeconfig_is_put_into_a_plain_request(string? token, string header)
    {
        using var asked = new Recorder();
        using var client = new HttpClient(new BearerHandler(new KubernetesClientConfiguration { AccessToken = token! }) { InnerHandler = asked });
        using var answer = await client.GetAsync(new Uri("http://192.0.2.1/api"), TestContext.Current.CancellationToken);
        Assert.Equal(header, asked.Header);
    }

    private sealed class Recorder : HttpMessageHandler
    {
        public string Header { get; private set; } = "none was sent";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Header = request.Headers.Authorization?.ToString() ?? "";
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
