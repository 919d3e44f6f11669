using System.Globalization;
using System.Net;
using Vitrine.Bench.Cluster;

// Vitrine.Bench.Cluster STATE_DIR API_PORT NODE_ADDRESS [PODS]: figures of a running cluster of one node, seen by a client of its API over one watch.
// Prints lines "figure|value|how"; times in milliseconds, medians with [min–max] or p99. PODS: how many one-container pods (50); "services" in its place: how soon
// writes of Services are felt on the node, at 10 000 of them; "routes" the same of Ingresses at the gateway, at 5 000; "policies" of
// NetworkPolicies, at 1 000 beside 10 000 Services.
using var client = new ClusterClient(args[0], int.Parse(args[1], CultureInfo.InvariantCulture), args[2]);
if (args is [_, _, _, "services", var pin, var dns, ..])
{
    await ServicesAsync(pin, IPAddress.Parse(dns), args.Length > 6 ? int.Parse(args[6], CultureInfo.InvariantCulture) : 10_000);
    return;
}
if (args is [_, _, _, "routes", var of, ..])
{
    await RoutesAsync(of, args.Length > 5 ? int.Parse(args[5], CultureInfo.InvariantCulture) : 5_000);
    return;
}
if (args is [_, _, _, "policies", var home, var vitrine, var cluster, ..])
{
    await PoliciesAsync(home, vitrine, cluster, args.Length > 7 ? int.Parse(args[7], CultureInfo.InvariantCulture) : 10_000);
    return;
}

var many = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 50;
using var watch = await client.WatchAsync();

const string Debian = """{"name":"debian","image":"debian","imagePullPolicy":"IfNotPresent","command":["/bin/sh","-c","trap 'exit 0' TERM; sleep infinity & wait"]""";
const string One = $$$"""{"containers":[{{{Debian}}} }]}""";
const string Two = $$$"""
    {"volumes":[{"name":"d","emptyDir":{}}],"containers":[
    {"name":"nginx","image":"nginx","imagePullPolicy":"IfNotPresent","volumeMounts":[{"name":"d","mountPath":"/usr/share/nginx/html"}]},
    {{{Debian}}},"volumeMounts":[{"name":"d","mountPath":"/pod-data"}]}]}
    """;

await new PodBench(client, watch, Two).OneByOneAsync("warm", 1);

var two = new PodBench(client, watch, Two);
await two.OneByOneAsync("two", 10);
Print("two-container pod, one by one: POST to both Running", two.Up, "10 pods, nginx + debian, images present");
Print("… of which not inside a CRI call", two.Own, "agent's own counter of CRI time, calls side by side counted once");
Print("pod delete to gone, one by one", two.Down, "both containers end at once on their signal");
var (up, _, down) = await RoundsAsync(two, "ten", 10);
Print("ten pods at once: POST to the last one Running", up, "3 rounds");
Print("ten deletes at once: all gone", down, "3 rounds");

var one = new PodBench(client, watch, One);
await one.OneByOneAsync("one", many);
PrintTail("one-container pod, one by one: POST to Running", one.Up, $"{many} pods, debian, image present");
PrintTail("… of which not inside a CRI call", one.Own, "the rest is what the runtime takes");
PrintTail("… delete to gone", one.Down, "it ends at once on its signal");
var crowd = new PodBench(client, watch, One);
(up, var own, down) = await RoundsAsync(crowd, "crowd", many);
PrintTail($"{many} such pods at once: POST to Running, each", crowd.Up, "3 rounds");
Print("… the last one", up, "3 rounds");
Print("… of which no CRI call was under way", own, "");
Print($"{many} deletes at once: all gone", down, "3 rounds");
return;

async Task RoutesAsync(string pin, int ingresses)
{
    var bench = new RouteBench(client, pin, IPAddress.Parse(args[2]));
    await bench.FillAsync(ingresses);
    await bench.ChangesAsync(ingresses, 20);
    PrintFine($"Ingress changed at {ingresses}: PUT sent to request redirected", await bench.ChangesAsync(ingresses, 300));
    using var stop = new CancellationTokenSource();
    var churn = bench.ChurnAsync(ingresses, stop.Token);
    PrintFine("… while others are written 50 times a second", await bench.ChangesAsync(ingresses, 300));
    await stop.CancelAsync();
    await churn;
}

async Task ServicesAsync(string pin, IPAddress dns, int services)
{
    using var probe = new NodeProbe(pin);
    var bench = new ServiceBench(client, probe, args[2], dns);
    await bench.FillAsync(services);
    await bench.AddedAsync("warm", 20);
    PrintFine($"endpoint changed at {services} Services: PUT sent to connection", await bench.EndpointsAsync(300));
    var (names, connections) = await bench.AddedAsync("added", 300);
    PrintFine("Service added: POST sent to its name answered", names);
    PrintFine("… slice's POST sent to connection", connections);
}

async Task PoliciesAsync(string pin, string vitrine, string cluster, int services)
{
    using var pods = await client.WatchAsync();
    using var bench = new PolicyBench(client, vitrine, cluster);
    await bench.FillAsync(pods);
    await bench.ChangesAsync(20);
    var (opened, closed) = await bench.ChangesAsync(300);
    PrintFine("a policy of 1000 opens: PUT sent to the first datagram", opened);
    PrintFine("… closes: PUT sent to the last datagram", closed);
    var (alone, watched) = await bench.WatchedAsync(5);
    Line("request and answer while another pod is watched, p50", $"{At(watched, 0.5):0.0} µs", $"{At(alone, 0.5):0.0} µs while none is; ratio {At([.. watched.Zip(alone, (w, a) => w / a)], 0.5):0.00}, 5 rounds");
    using var probe = new NodeProbe(pin);
    await new ServiceBench(client, probe, args[2], IPAddress.None).FillAsync(services);
    PrintTail($"vitrine explain, the whole command, {services} Services, 1000 policies", await bench.ExplainAsync(20), "20 times, no probe");
}

static void PrintFine(string figure, List<double> values) => Line(figure, $"{At(values, 0.5):0.0} ms, p99 {At(values, 0.99):0.0} ms", $"{values.Count} writes");

static async Task<(List<double> Up, List<double> Own, List<double> Down)> RoundsAsync(PodBench pods, string prefix, int count)
{
    var (up, own, down) = (new List<double>(), new List<double>(), new List<double>());
    for (var round = 0; round < 3; round++)
    {
        var times = await pods.AtOnceAsync($"{prefix}-{round}", count);
        up.Add(times.Up);
        own.Add(times.Own);
        down.Add(times.Down);
    }

    return (up, own, down);
}

static void Print(string figure, List<double> values, string how) =>
    Line(figure, $"{At(values, 0.5):0} ms [{values.Min():0}–{values.Max():0}]", how);

static void PrintTail(string figure, List<double> values, string how) =>
    Line(figure, $"{At(values, 0.5):0} ms, p99 {At(values, 0.99):0} ms", how);

static double At(List<double> values, double quantile) => values.Order().ElementAt((int)(values.Count * quantile));

static void Line(string figure, FormattableString value, string how) => Console.WriteLine($"{figure}|{value.ToString(CultureInfo.InvariantCulture)}|{how}");
