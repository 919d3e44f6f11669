using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using k8s.Models;

namespace Vitrine.Agent.Probes;

/// <summary>
/// grpc: one call of grpc.health.v1.Health/Check, which must answer SERVING (https://github.com/grpc/grpc/blob/master/doc/health-checking.md,
/// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). A message each way and no more, so it is written here byte by byte; with TLS where the probe says so, and no certificate is checked.
/// </summary>
internal sealed class GrpcProber : IDisposable
{
    private const string Method = "/grpc.health.v1.Health/Check";
    private const int Unimplemented = 12;
    private const int LongestAnswer = 4096;
    private static readonly string[] Statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<ProbeResult> ProbeAsync(V1GRPCAction action, string podIp, CancellationToken ct)
    {
        var host = IPAddress.TryParse(podIp, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{podIp}]" : podIp;
        var authority = string.Create(CultureInfo.InvariantCulture, $"{host}:{action.Port}");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{(action.Mode == "TLS" ? "https" : "http")}://{authority}{Method}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1");
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            request.Content = new ByteArrayContent(Question(action.Service ?? ""));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            var body = await ReadAsync(await answer.Content.ReadAsStreamAsync(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            var (code, message) = Outcome(answer);
            return code switch
            {
                0 => Serving(body),
                Unimplemented => new($"this server does not implement the grpc health protocol (grpc.health.v1.Health): {message}"),
                _ => new($"error: health rpc probe failed: rpc error: code = {code} desc = {message}"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            return new($"error: failed to connect service \"{authority}\": {e.Message}");
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>HealthCheckRequest: field 1, the service's name. Behind one byte for "not compressed" and four for the length.</summary>
    internal static byte[] Question(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var length = new List<byte>();
        for (var rest = (uint)name.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : (rest & 0x7f) | 0x80));
            if (rest < 0x80)
            {
                break;
            }
        }

        byte[] message = name.Length == 0 ? [] : [0x0a, .. length, .. name];
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }

    /// <summary>HealthCheckResponse: field 1, the status; a zero may be left out.</summary>
    internal static ProbeResult Serving(ReadOnlySpan<byte> body)
    {
        if (body.Length < 5 || body[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(body[1..]) != body.Length - 5)
        {
            return new("error: health rpc probe failed: the answer is no gRPC message");
        }

        var status = body.Length >= 7 && body[5] == 0x08 ? body[6] : 0;
        return new(status == 1 ? null : $"service unhealthy (responded with \"{(status < Statuses.Length ? Statuses[status] : status)}\")");
    }

    // In the trailers; in the headers where there is nothing but them.
    private static (int Code, string Message) Outcome(HttpResponseMessage answer)
    {
        var code = Header("grpc-status");
        return (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : answer.IsSuccessStatusCode && code.Length > 0 ? 0 : 2, Uri.UnescapeDataString(Header("grpc-message")));

        string Header(string name) => answer.TrailingHeaders.TryGetValues(name, out var trailing) ? trailing.First() : answer.Headers.TryGetValues(name, out var leading) ? leading.First() : "";
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[LongestAnswer];
        var length = 0;
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), ct).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
        }

        return buffer[..length];
    }
}
