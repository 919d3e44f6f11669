using System.Text;
using Vitrine.Agent.Probes;
using Xunit;

namespace Vitrine.Unit.Agent.Probes;

public sealed class GrpcProberTests
{
    [Fact]
    public void The_question_is_a_framed_message()
    {
        Assert.Equal([0, 0, 0, 0, 0], GrpcProber.Question(""));
        Assert.Equal([0, 0, 0, 0, 4, 0x0a, 2, (byte)'d', (byte)'b'], GrpcProber.Question("db"));
        var name = new string('x', 300);
        Assert.Equal([0, 0, 0, 1, 47, 0x0a, 0xac, 0x02, .. Encoding.ASCII.GetBytes(name)], GrpcProber.Question(name));
    }

    [Fact]
    public void Only_SERVING_is_success()
    {
        Assert.True(GrpcProber.Serving([0, 0, 0, 0, 2, 8, 1]).Succeeded);
        Assert.Equal("service unhealthy (responded with \"NOT_SERVING\")", GrpcProber.Serving([0, 0, 0, 0, 2, 8, 2]).Failure);
        Assert.Equal("service unhealthy (responded with \"UNKNOWN\")", GrpcProber.Serving([0, 0, 0, 0, 0]).Failure);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 8, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 8, 1 })]
    public void Anything_else_is_no_answer(byte[] body) => Assert.False(GrpcProber.Serving(body).Succeeded);
}
