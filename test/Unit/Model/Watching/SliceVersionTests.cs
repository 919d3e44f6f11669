using System.Net;
using k8s;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

public sealed class SliceVersionTests
{
    [Theory]
    [InlineData("""{"versions":[{"version":"v1beta1"},{"version":"v1"}]}""", "v1")]
    [InlineData("""{"versions":[{"version":"v1beta1"}]}""", "v1beta1")]
    [InlineData("""{"versions":[{"version":"v9"}]}""", "")]
    [InlineData(null, "")]
    public async Task The_newest_that_we_know_is_taken(string? group, string version)
    {
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://192.0.2.1" }, new Said(group is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, group ?? ""));
        Assert.Equal(version, await SliceVersion.AskAsync(client, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_may_not_ask_is_told_so_and_gets_no_Endpoints_by_mistake()
    {
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://192.0.2.1" }, new Said(HttpStatusCode.Forbidden, ""));
        await Assert.ThrowsAsync<HttpRequestException>(() => SliceVersion.AskAsync(client, TestContext.Current.CancellationToken));
    }

    private sealed class Said(HttpStatusCode status, string body) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }
}
