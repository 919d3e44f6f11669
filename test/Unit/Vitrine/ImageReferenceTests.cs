using CsCheck;
using Vitrine.Images;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("nginx:1.25", "docker.io/library/nginx:1.25")]
    [InlineData("me/app", "docker.io/me/app:latest")]
    [InlineData("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("host:5000/a/b", "host:5000/a/b:latest")]
    public void Short_names_are_completed_as_docker_does(string text, string full) => Assert.Equal(full, ImageReference.Parse(text).ToString());

    [Fact]
    public void A_digest_stands_in_for_the_tag()
    {
        var digest = "sha256:" + new string('a', 64);
        Assert.Equal($"docker.io/library/nginx@{digest}", ImageReference.Parse($"nginx@{digest}").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPPER")]
    [InlineData("a//b")]
    [InlineData("../etc")]
    [InlineData("a:b:c")]
    [InlineData("nginx@sha256:12")]
    public void What_is_no_reference_is_refused(string text) => Assert.Throws<CommandFailure>(() => ImageReference.Parse(text));

    [Fact]
    public void Any_text_is_answered_without_another_exception() =>
        Gen.String[Gen.Char["abz09./:@_-A "], 0, 30].Sample(text => ImageReference.TryParse(text) is not { } r || ImageReference.TryParse(r.ToString()) == r);
}
