using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer;
using Vitrine.Unit.ApiServer.Verbs;

namespace Vitrine.Bench.Api;

/// <summary>The API server under test, in a process of its own. Prints "ready", stops when its input ends.</summary>
internal static class ServerChild
{
    public static async Task RunAsync(string directory, int port)
    {
        TestCertificates certificates = new();
        await File.WriteAllBytesAsync(Path.Combine(directory, "client.p12"), certificates.Client("bench", "system:masters").Export(X509ContentType.Pkcs12));
        ApiServerOptions options = new()
        {
            DataDirectory = Path.Combine(directory, "data"),
            Listen = [new IPEndPoint(IPAddress.Loopback, port)],
            ServingCertificate = certificates.Server(),
            ClusterCa = certificates.Authority,
            KubeletClientCertificate = certificates.Client("kubelet", "system:masters"),
        };
        await using ApiServerHost host = await ApiServerHost.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
    }
}
