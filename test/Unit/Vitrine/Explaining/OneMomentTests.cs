using Vitrine.Explaining;
using Xunit;

namespace Vitrine.Unit.Explaining;

public sealed class OneMomentTests
{
    [Theory]
    [InlineData("api/v1/pods", "?resourceVersion=42&resourceVersionMatch=Exact")]
    [InlineData("apis/apps/v1/deployments", "?resourceVersion=42&resourceVersionMatch=Exact")]
    [InlineData("api/v1/events?fieldSelector=reason%3DUnhealthy", "&resourceVersion=42&resourceVersionMatch=Exact")]
    [InlineData("api/v1/namespaces/a/secrets/b", "")]
    [InlineData("version", "")]
    public void Lists_are_as_of_the_revision_and_objects_as_they_are(string path, string added) =>
        Assert.Equal($"https://127.0.0.1:6443/{path}{added}", new OneMoment("42").AsOf(new Uri($"https://127.0.0.1:6443/{path}")).AbsoluteUri);
}
