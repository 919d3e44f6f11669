using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

// Vitrine.Bench.Cluster STATE_DIR API_PORT NODE_ADDRESS: figures of a running cluster, seen by a client of its API over one watch.
// Prints lines "figure|value|how"; times in milliseconds, medians with [min–max].
var state = args[0];
var port = int.Parse(args[1], CultureInfo.InvariantCulture);
using var pem = X509Certificate2.CreateFromPemFile($"{state}/pki/admin.crt", $"{state}/pki/admin.key");
var identity = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
var authority = X509CertificateLoader.LoadCertificateFromFile($"{state}/pki/ca.crt");
var agent = new Uri($"https://{args[2]}:10250/metrics");
using var http = new HttpClient(new SocketsHttpHandler
{
    SslOptions = new SslClientAuthenticationOptions
    {
        ClientCertificates = [identity],
        CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck },
    },
})
{ BaseAddress = new Uri($"https://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(5) };

const string Pods = "api/v1/namespaces/default/pods";
await RunOneAsync("warm", measure: false);

var ready = new List<double>();
var own = new List<double>();
var gone = new List<double>();
for (var i = 0; i < 10; i++)
{
    var before = await CriAsync();
    var (up, down, cri) = await RunOneAsync($"one-{i}", measure: true);
    ready.Add(up);
    own.Add(up - (cri - before));
    gone.Add(down);
}

Print("two-container pod, one by one: POST to both Running", ready, "10 pods, nginx + debian, images present");
Print("… of which not inside a CRI call", own, "agent's own counter of CRI time, calls side by side counted once");
Print("pod delete to gone, one by one", gone, "both containers end at once on their signal");

var all = new List<double>();
var allGone = new List<double>();
for (var round = 0; round < 3; round++)
{
    var names = Enumerable.Range(0, 10).Select(i => $"ten-{round}-{i}").ToArray();
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(names.Select(n => CreateAsync(n)));
    await Task.WhenAll(names.Select(n => UntilAsync(n, Running)));
    all.Add(clock.Elapsed.TotalMilliseconds);
    clock.Restart();
    await Task.WhenAll(names.Select(DeleteAsync));
    await Task.WhenAll(names.Select(n => UntilAsync(n, null)));
    allGone.Add(clock.Elapsed.TotalMilliseconds);
}

Print("ten pods at once: POST to the last one Running", all, "3 rounds");
Print("ten deletes at once: all gone", allGone, "3 rounds");
return;

async Task<double> CriAsync()
{
    const string Counter = "vitrine_agent_cri_busy_seconds_total ";
    var line = (await http.GetStringAsync(agent)).Split('\n').Single(l => l.StartsWith(Counter, StringComparison.Ordinal));
    return double.Parse(line[Counter.Length..], CultureInfo.InvariantCulture) * 1000;
}

async Task<(double Up, double Down, double Cri)> RunOneAsync(string name, bool measure)
{
    var clock = Stopwatch.StartNew();
    await CreateAsync(name);
    await UntilAsync(name, Running);
    var up = clock.Elapsed.TotalMilliseconds;
    var cri = await CriAsync();
    if (measure)
    {
        // Let the pod settle: a delete is measured from rest.
        await Task.Delay(300);
    }

    clock.Restart();
    await DeleteAsync(name);
    await UntilAsync(name, null);
    return (up, clock.Elapsed.TotalMilliseconds, cri);
}

async Task CreateAsync(string name)
{
    var body = $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"volumes":[{"name":"d","emptyDir":{}}],"containers":[
        {"name":"nginx","image":"nginx","imagePullPolicy":"IfNotPresent","volumeMounts":[{"name":"d","mountPath":"/usr/share/nginx/html"}]},
        {"name":"debian","image":"debian","imagePullPolicy":"IfNotPresent","command":["/bin/sh","-c","trap 'exit 0' TERM; sleep infinity & wait"],"volumeMounts":[{"name":"d","mountPath":"/pod-data"}]}]}}
        """;
    using var answer = await http.PostAsync(Pods, new StringContent(body, Encoding.UTF8, "application/json"));
    answer.EnsureSuccessStatusCode();
}

async Task DeleteAsync(string name)
{
    using var answer = await http.DeleteAsync($"{Pods}/{name}");
    answer.EnsureSuccessStatusCode();
}

// Watches one pod from its current state until the condition holds; without one, until the pod is gone.
async Task UntilAsync(string name, Func<JsonElement, bool>? done)
{
    using var answer = await http.GetAsync($"{Pods}?watch=1&fieldSelector=metadata.name%3D{name}&resourceVersion=0", HttpCompletionOption.ResponseHeadersRead);
    if (done is null)
    {
        // Gone before the watch began: it would never say so.
        using var now = await http.GetAsync($"{Pods}/{name}");
        if (now.StatusCode == HttpStatusCode.NotFound)
        {
            return;
        }
    }

    using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
    while (await lines.ReadLineAsync() is { } line)
    {
        using var change = JsonDocument.Parse(line);
        if (change.RootElement.GetProperty("type").ValueEquals("DELETED") || done?.Invoke(change.RootElement.GetProperty("object")) == true)
        {
            return;
        }
    }
}

static bool Running(JsonElement pod) =>
    pod.GetProperty("status").TryGetProperty("containerStatuses", out var statuses) && statuses.GetArrayLength() == 2
    && statuses.EnumerateArray().All(s => s.GetProperty("state").TryGetProperty("running", out _));

static void Print(string figure, List<double> values, string how)
{
    values.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure}|{values[values.Count / 2]:0} ms [{values[0]:0}–{values[^1]:0}]|{how}"));
}
