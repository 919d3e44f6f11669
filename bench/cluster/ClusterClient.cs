using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Bench.Cluster;

/// <summary>A client of a cluster's API with the administrator's certificate, on one HTTP/2 connection as kubectl has it.</summary>
internal sealed class ClusterClient : IDisposable
{
    private const string Pods = "api/v1/namespaces/default/pods";
    private readonly HttpClient http;
    private readonly Uri metrics;

    /// <param name="state">the cluster's directory</param>
    /// <param name="port">of the API server on 127.0.0.1</param>
    /// <param name="node">address of the node whose agent tells its CRI time</param>
    internal ClusterClient(string state, int port, string node)
    {
        using var pem = X509Certificate2.CreateFromPemFile($"{state}/pki/admin.crt", $"{state}/pki/admin.key");
        var authority = X509CertificateLoader.LoadCertificateFromFile($"{state}/pki/ca.crt");
        metrics = new Uri($"https://{node}:10250/metrics");
        http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)],
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck },
            },
        })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(5),
            DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <param name="name">metadata.name</param>
    /// <param name="spec">JSON</param>
    internal async Task CreateAsync(string name, string spec)
    {
        var body = $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}} }""";
        using var answer = await http.PostAsync(Pods, new StringContent(body, Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Writes an object of any kind; the object as the API keeps it.</summary>
    internal async Task<string> WriteAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json"), Version = HttpVersion.Version20 };
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : throw new HttpRequestException($"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
    }

    internal Task<string> ReadAsync(string path) => http.GetStringAsync(path);

    internal async Task DeleteAsync(string name)
    {
        using var answer = await http.DeleteAsync($"{Pods}/{name}");
        answer.EnsureSuccessStatusCode();
    }

    internal async Task<PodWatch> WatchAsync()
    {
        var answer = await http.GetAsync($"{Pods}?watch=1&resourceVersion=0", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new PodWatch(new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>Milliseconds in which a CRI call was under way, of the agent's whole life; calls side by side count once.</summary>
    internal async Task<double> CriAsync()
    {
        const string Counter = "vitrine_agent_cri_busy_seconds_total ";
        var line = (await http.GetStringAsync(metrics)).Split('\n').Single(l => l.StartsWith(Counter, StringComparison.Ordinal));
        return double.Parse(line[Counter.Length..], CultureInfo.InvariantCulture) * 1000;
    }

    public void Dispose() => http.Dispose();
}
