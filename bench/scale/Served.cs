using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;
using Vitrine.Unit.ApiServer.Verbs;

namespace Vitrine.Bench.Scale;

/// <summary>Our API server with a town in it, loaded straight into its store, in a process of its own. What the users agent and proxy ask is in its audit log.</summary>
internal static class Served
{
    private const int AtOnce = 2048;

    /// <summary>Prints "ready" on a line of its own; ends with its input.</summary>
    public static async Task RunAsync(string directory, IPAddress address, int port, Town town)
    {
        var data = Path.Combine(directory, "data");
        var start = Stopwatch.GetTimestamp();
        var count = await FillAsync(data, town);
        Console.WriteLine($"{count} objects stored in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        TestCertificates certificates = new();
        foreach (var user in new[] { "agent", "proxy", "bench" })
            await File.WriteAllTextAsync(Path.Combine(directory, $"{user}.kubeconfig"), Kubeconfig($"https://{address}:{port}", certificates.Client(user, "system:masters")));
        await File.WriteAllTextAsync(Path.Combine(directory, "audit.yaml"), """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - {level: Metadata, users: [agent, proxy]}
            - {level: None}
            """);
        start = Stopwatch.GetTimestamp();
        await using var host = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                DataDirectory = data,
                Listen = [new IPEndPoint(address, port)],
                ServingCertificate = certificates.Server(address),
                ClusterCa = certificates.Authority,
                KubeletClientCertificate = certificates.Client("kubelet", "system:masters"),
                AuditLogPath = Path.Combine(directory, "audit.log"),
                AuditPolicyFile = Path.Combine(directory, "audit.yaml"),
            },
            NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine($"read again in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
    }

    private static async Task<int> FillAsync(string data, Town town)
    {
        await using var store = ObjectStore.Open(data, KindList.All, NullLogger.Instance);
        var (count, waiting) = (0, new Queue<Task>());
        foreach (var (group, version, plural, ns, name, json) in town.Objects())
        {
            var kind = KindList.All.Single(k => k.Group == group && k.Version == version && k.Plural == plural);
            waiting.Enqueue(store.WriteAsync(new WriteRequest { Kind = store.IndexOf(kind), Namespace = ns, Name = name, Payload = ObjectPayload.From(JsonNode.Parse(json)!.AsObject()), Expected = 0 }, CancellationToken.None));
            count++;
            if (waiting.Count >= AtOnce)
                await waiting.Dequeue();
        }
        await Task.WhenAll(waiting);
        return count;
    }

    private static string Kubeconfig(string server, X509Certificate2 user)
    {
        using var key = user.GetECDsaPrivateKey()!;
        return $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "{{{server}}}", insecure-skip-tls-verify: true}}]
            users: [{name: u, user: {client-certificate-data: {{{Base64(user.ExportCertificatePem())}}}, client-key-data: {{{Base64(key.ExportPkcs8PrivateKeyPem())}}}}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            current-context: c
            """;
    }

    private static string Base64(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));
}
