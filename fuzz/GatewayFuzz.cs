using System.Buffers;
using System.Net;
using System.Text;
using Vitrine.Gateway.Listening;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Fuzz;

/// <summary>What the gateway reads before HTTP does, whole and in pieces: paths, PROXY headers, TLS greetings.</summary>
internal static class GatewayFuzz
{
    public static string[] Seeds { get; } =
    [
        "/a/%2e%2e/b;c=d/%2Fe?x=%2e", "/caf%c3%a9/..;/%5c", "http://host:80/a", "PROXY TCP4 203.0.113.9 10.0.0.1 4711 80\r\nGET", "PROXY UNKNOWN\r\n",
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x02\x03\x04\x05\x06\x07\x08\0\x50\0\x50",
        "\x16\x03\x01\0\x3e\x01\0\0\x3a\x03\x03" + new string('r', 32) + "\0\0\x02\x13\x01\x01\0\0\x0f\0\0\0\x0b\0\x09\0\0\x06" + "a.test",
    ];

    public static void Parse(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (RequestPath.TryParse(text, out var path, out _))
        {
            if (!RequestPath.TryParse(path.Encoded, out var again, out _) || again.Encoded != path.Encoded || again.Decoded != path.Decoded)
                throw new InvalidOperationException($"{path.Encoded} is no normal form");
            if (path.Encoded.Split('/').Any(s => s is "." or ".."))
                throw new InvalidOperationException($"{path.Encoded} has a step");
        }
        Try(() => ProxyHeader.TryRead(new ReadOnlySequence<byte>(input), out _, out var length) && length > input.Length);
        Try(() => ClientHello.Judge(new ReadOnlySequence<byte>(input)) is { } name && name.Length > input.Length);
        Http2Preface.Judge(new ReadOnlySequence<byte>(input));
    }

    // Refusing is what they are for; anything else that is thrown is a fault.
    private static void Try(Func<bool> isWrong)
    {
        try
        {
            if (isWrong())
                throw new InvalidOperationException("more was read than there is");
        }
        catch (ProtocolViolationException)
        {
        }
    }
}
