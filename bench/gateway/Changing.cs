using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Bench.Gateway;

/// <summary>
/// Requests by the hundred thousand while the proxy's routes, endpoints and certificates change twenty times a second: kept connections by wrk, a new
/// connection within TLS every ten milliseconds, and WebSockets that live all the time.
/// </summary>
internal static class Changing
{
    private const int Sockets = 20;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Two of one name, PEM: chain and key.</summary>
    public static (string Chain, string Key)[] Certificates { get; } = [Sign(), Sign()];

    /// <param name="port">plain</param>
    /// <param name="securePort">within TLS</param>
    /// <param name="requests">that wrk shall make at least</param>
    /// <param name="change">makes the i-th change</param>
    /// <returns>a line of the table</returns>
    public static async Task<string> RunAsync(string name, int port, int securePort, long requests, Func<int, Task> change)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => Echo.OpenAsync(port)));
        using var stop = new CancellationTokenSource();
        var changes = 0;
        var changing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; changes++)
            {
                await change(changes);
                await Task.Delay(Between);
            }
        });
        var newcomers = Task.Run(() => ComeAsync(securePort, stop.Token));
        var dropped = new HashSet<NetworkStream>();
        var talking = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; await Task.Delay(100))
                foreach (var socket in sockets.Where(s => !dropped.Contains(s)))
                    if (!await Echo.AnswersAsync(socket))
                        dropped.Add(socket);
        });
        var (made, failed) = (0d, 0d);
        while (made < requests)
        {
            var (some, bad) = Wrk.Count(port, 10);
            (made, failed) = (made + some, failed + bad);
        }
        await stop.CancelAsync();
        await Task.WhenAll(changing, talking);
        var (came, turnedAway, shown) = await newcomers;
        foreach (var socket in sockets)
            await socket.DisposeAsync();
        return $"{name,-10} {changes,8} {made,12:0} {failed,8:0} {came,12} {turnedAway,8} {shown,12} {Sockets - dropped.Count,8} of {Sockets}";
    }

    /// <summary>New connections, how many of them got no answer, and how many certificates they were shown.</summary>
    private static async Task<(int Came, int Failed, int Shown)> ComeAsync(int port, CancellationToken ct)
    {
        var (came, failed) = (0, 0);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        for (; !ct.IsCancellationRequested; await Task.Delay(10, CancellationToken.None))
        {
            came++;
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
                await using var tls = new SslStream(new NetworkStream(socket), false, (_, certificate, _, _) => certificate is not null && shown.Add(certificate.GetCertHashString()) | true);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "shop.example" }, patience.Token);
                await tls.WriteAsync("GET /cart/42 HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8.ToArray(), patience.Token);
                var answer = new byte[4096];
                if (await tls.ReadAsync(answer, patience.Token) < 12 || !answer.AsSpan().StartsWith("HTTP/1.1 200"u8))
                    failed++;
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
            {
                failed++;
            }
        }
        return (came, failed, shown.Count);
    }

    private static (string Chain, string Key) Sign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("shop.example");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
