using System.Diagnostics;
using Vitrine.Bench.Dns;

// Vitrine.Bench.Dns [ROUNDS [SECONDS [SERVICES]]], in a network namespace of its own (run.sh); "serve SERVICES" is one of the contenders.
if (args is ["serve", var count])
{
    Serve.Run(int.Parse(count));
    return;
}
var rounds = args.Length > 0 ? int.Parse(args[0]) : 9;
var time = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1);
var services = args.Length > 2 ? int.Parse(args[2]) : 10_000;
const int trickle = 500, writes = 500;

var folder = Directory.CreateTempSubdirectory("vitrine-bench-dns-").FullName;
var peers = new Peers(folder, services);
Contender[] contenders =
[
    peers.Knot(Names.Listen[1]),
    peers.Unbound(Names.Listen[2]),
    peers.Dnsmasq(Names.Listen[3]),
    Peers.Start("vitrine", Names.Listen[0], Environment.ProcessPath!, "serve", $"{services}"),
];
try
{
    Cpu.Bind(0, Cpu.Second);
    for (var round = -1; round < rounds; round++)
        for (var i = 0; i < contenders.Length; i++)
            Measure(contenders[(i + round + 1) % contenders.Length], round < 0);

    Console.WriteLine($"DNS, {services} Services, one query in ten for a missing name, {rounds} interleaved rounds; server on CPU 0, client on CPU {Cpu.Second}");
    Console.WriteLine($"{"",-10} {"CPU µs/query",22} {"knot / it",18} {"p99 µs",20} {"queries/s",22} {"trickle CPU µs/query",24} {"knot / it",18} {"p99 µs",20} {"RSS MB",8}");
    var knot = contenders[0];
    foreach (var c in contenders)
        Console.WriteLine($"{c.Name,-10} {Cell(c.Busy, "0.00"),22} {Ratio(knot.Busy, c.Busy),18} {Cell(c.BusyP99, "0"),20} {Cell(c.Rate, "0"),22} {Cell(c.Trickle, "0.00"),24} {Ratio(knot.Trickle, c.Trickle),18} {Cell(c.TrickleP99, "0"),20} {c.Resident(),8:0.0}");

    var own = contenders[^1];
    using var client = new LoadClient(own.EndPoint, services);
    var waits = new List<double>();
    for (var i = 0; i < writes; i++)
    {
        // New Services and changed ones by turns.
        var index = i % 2 == 0 ? services + i : i;
        var address = new System.Net.IPAddress([10, 98, (byte)(i >> 8), (byte)i]);
        var began = Stopwatch.GetTimestamp();
        own.Process.StandardInput.WriteLine($"{index} {address}");
        own.Process.StandardInput.Flush();
        waits.Add(client.Await(Names.Name(index), address, began) / 1000);
    }
    waits.Sort();
    Console.WriteLine($"Service changed to answered, {writes} changes at {services} Services: p50 {waits[writes / 2]:0.00} ms, p99 {waits[writes * 99 / 100]:0.00} ms");
}
finally
{
    foreach (var c in contenders)
        c.Dispose();
    Directory.Delete(folder, recursive: true);
}
return;

void Measure(Contender contender, bool warmUp)
{
    using var client = new LoadClient(contender.EndPoint, services);
    var (busy, busyCpu) = Costs(contender, () => client.Load(time));
    var (slow, slowCpu) = Costs(contender, () => client.Trickle(time, trickle));
    if (warmUp)
        return;
    contender.Busy.Add(busyCpu);
    contender.Rate.Add(busy.Count / time.TotalSeconds);
    contender.BusyP99.Add(P99(busy));
    contender.Trickle.Add(slowCpu);
    contender.TrickleP99.Add(P99(slow));
}

static (List<double> Took, double Cpu) Costs(Contender contender, Func<List<double>> run)
{
    var before = contender.CpuNanoseconds();
    var took = run();
    return (took, (contender.CpuNanoseconds() - before) / took.Count / 1000);
}

static double P99(List<double> values) => values.Order().ElementAt(values.Count * 99 / 100);

static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

static string Cell(List<double> values, string format) => $"{Middle(values).ToString(format)} [{values.Min().ToString(format)}–{values.Max().ToString(format)}]";

// Of values of the same round: what slows the machine for a while slows both. Above 1: it takes less CPU than knot.
static string Ratio(List<double> knot, List<double> own)
{
    var ratios = knot.Zip(own, (k, o) => k / o).ToList();
    return Cell(ratios, "0.00");
}
