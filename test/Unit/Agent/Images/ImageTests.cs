using System.Text;
using k8s.Models;
using Vitrine.Agent.Images;
using Xunit;

namespace Vitrine.Unit.Agent.Images;

public sealed class ImageTests
{
    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("nginx:1.2", "docker.io/library/nginx:1.2")]
    [InlineData("me/app", "docker.io/me/app:latest")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest")]
    [InlineData("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10")]
    public void Names_are_completed_as_the_runtime_does(string name, string full) => Assert.Equal(full, ImageName.Normalize(name));

    [Theory]
    [InlineData("nginx", true)]
    [InlineData("a.b/c_d:E-1", true)]
    [InlineData("Nginx", false)]
    [InlineData("a b", false)]
    [InlineData("-a", false)]
    [InlineData("", false)]
    public void Names_follow_the_reference_grammar(string name, bool valid) => Assert.Equal(valid, ImageName.IsValid(name));

    [Fact]
    public void Credentials_are_those_of_the_images_registry()
    {
        var secret = Secret("""{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"},"example.com":{"username":"x","password":"y"}}}""");
        var docker = Assert.Single(PullSecrets.For("nginx", [secret]));
        Assert.Equal(("u", "p"), (docker.Username, docker.Password));
        Assert.Equal("x", Assert.Single(PullSecrets.For("example.com/a", [secret])).Username);
        Assert.Empty(PullSecrets.For("example.company/a", [secret]));
    }

    [Fact]
    public void A_broken_secret_gives_no_credentials() => Assert.Empty(PullSecrets.For("nginx", [Secret("not json")]));

    private static V1Secret Secret(string json) => new()
    {
        Type = "kubernetes.io/dockerconfigjson",
        Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes(json) },
    };
}
