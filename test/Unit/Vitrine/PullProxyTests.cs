using System.Text;
using CsCheck;
using Vitrine.Images;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class PullProxyTests
{
    [Theory]
    [InlineData("CONNECT registry-1.docker.io:443 HTTP/1.1\r\nHost: x\r\n\r\n", "registry-1.docker.io", 443)]
    [InlineData("CONNECT [2001:db8::1]:5000 HTTP/1.1\r\n\r\n", "2001:db8::1", 5000)]
    public void Reads_the_target_of_CONNECT(string head, string host, int port) => Assert.Equal((host, port), PullProxyLoop.Target(Encoding.ASCII.GetBytes(head)));

    [Theory]
    [InlineData("GET http://example.com/ HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT example.com HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT example.com:0 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT example.com:99999 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT :443 HTTP/1.1\r\n\r\n")]
    [InlineData("")]
    public void Knows_nothing_else(string head) => Assert.Null(PullProxyLoop.Target(Encoding.ASCII.GetBytes(head)));

    [Fact]
    public void Any_bytes_are_answered_without_an_exception() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        PullProxyLoop.Target([.. "CONNECT "u8, .. bytes, .. "\r\n"u8]);
        return true;
    });
}
