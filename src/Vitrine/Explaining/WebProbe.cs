using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain.Gateway;

namespace Vitrine.Explaining;

/// <summary>What a real request met.</summary>
/// <param name="Status">of the answer; null where there was none</param>
/// <param name="Error">why there was none</param>
/// <param name="OfGateway">the gateway's own words, not a backend's</param>
/// <param name="Thumbprint">of the certificate that was shown</param>
internal sealed record WebAnswer(int? Status, string? Error, bool OfGateway, string? Thumbprint);

/// <summary>Sends one real HTTP request from a namespace.</summary>
internal static class WebProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<WebAnswer> SendAsync(NetnsHandle from, IPAddress address, AskedRequest request)
    {
        string? thumbprint = null;
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Patience,
            ConnectCallback = async (_, ct) =>
            {
                var socket = from.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
                await socket.ConnectAsync(address, request.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
            // Whether the name fits is told by comparing with the plan; a test's certificate is nobody's.
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = request.Host.Trim('[', ']'),
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                {
                    thumbprint = shown is X509Certificate2 certificate ? certificate.Thumbprint : shown?.GetCertHashString();
                    return true;
                },
            },
        };
        using var client = new HttpClient(handler) { Timeout = Patience };
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri($"{(request.Secure ? "https" : "http")}://{new IPEndPoint(address, request.Port)}{request.Path.Encoded}{request.Path.Query}"))
        {
            Headers = { Host = request.Port == (request.Secure ? 443 : 80) ? request.Host : $"{request.Host}:{request.Port}" },
        };
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            var status = (int)answer.StatusCode;
            var text = answer.Content.Headers.ContentType?.MediaType == "text/plain" && answer.Content.Headers.ContentLength is null or < 512 ? await answer.Content.ReadAsStringAsync() : "";
            return new WebAnswer(status, null, text.StartsWith($"{status} ", StringComparison.Ordinal), thumbprint);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return new WebAnswer(null, e.InnerException?.Message ?? e.Message, false, thumbprint);
        }
    }
}
