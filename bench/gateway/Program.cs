using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Bench.Gateway;
using Vitrine.Gateway;
using Vitrine.Gateway.Feed;

// Vitrine.Bench.Gateway [ROUNDS [SECONDS [ROUTES [REQUESTS]]]], in a network namespace of its own (run.sh); "serve SOCKET" is one of the contenders.
if (args is ["serve", var path])
{
    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
    await GatewayProxy.RunAsync(new GatewayOptions { PlanSocket = path, Status = new IPEndPoint(IPAddress.Loopback, 10254), Address = IPAddress.Loopback, AccessLogOneIn = 0 }, NullLoggerFactory.Instance, TimeProvider.System, default);
    return;
}
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
var seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 2;
var routes = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5000;
var requests = args.Length > 3 ? long.Parse(args[3], CultureInfo.InvariantCulture) : 0;
const int backendPort = 9000, ownPort = 8000, changes = 300;

var folder = Directory.CreateTempSubdirectory("vitrine-bench-gateway-").FullName;
var peers = new Peers(folder);
using var backend = peers.Backend(backendPort);
Contender[] contenders = [peers.Nginx(8001, backendPort), peers.Haproxy(8002, backendPort), new("vitrine", ownPort, Peers.Start(0, 0, Environment.ProcessPath!, "serve", $"{folder}/plan.sock"))];
var sender = new PlanSender($"{folder}/plan.sock", NullLogger<PlanSender>.Instance, TimeProvider.System);
_ = sender.RunAsync(default);
try
{
    var plan = Routes.Plan(1, ownPort, backendPort);
    await ServeAsync();
    for (var round = -1; round < rounds; round++)
        for (var i = 0; i < contenders.Length; i++)
            Measure(contenders[(i + round + 1) % contenders.Length], round < 0);

    Console.WriteLine($"HTTP/1.1, 64 keep-alive connections, 100 bytes, {rounds} interleaved rounds of {seconds} s; proxy on CPU 0, client and backend on the other");
    Console.WriteLine($"{"",-10} {"requests/s",26} {"CPU µs/request",24} {"not the kernel's",22} {"nginx / it",20} {"p99 ms",22} {"RSS MB",8}");
    foreach (var c in contenders)
        Console.WriteLine($"{c.Name,-10} {Cell(c.Rate, "0"),26} {Cell(c.Cpu, "0.0"),24} {Cell(c.User, "0.0"),22} {Ratio(contenders[0].Cpu, c.Cpu),20} {Cell(c.P99, "0.00"),22} {c.Resident().Rss,8:0.0}");

    var half = contenders[0].Rate.Order().ElementAt(contenders[0].Rate.Count / 2) / 2;
    for (var round = 0; round < rounds; round++)
        for (var i = 0; i < contenders.Length; i++)
        {
            var c = contenders[(i + round) % contenders.Length];
            var (p50, p99) = Pace.Run(c.Port, half, seconds);
            c.Paced50.Add(p50);
            c.Paced99.Add(p99);
        }
    Console.WriteLine($"{half:0} requests a second, half of nginx's most, at times fixed beforehand; latency from when each was due");
    Console.WriteLine($"{"",-10} {"p50 ms",22} {"p99 ms",22} {"it / nginx",20}");
    foreach (var c in contenders)
        Console.WriteLine($"{c.Name,-10} {Cell(c.Paced50, "0.00"),22} {Cell(c.Paced99, "0.00"),22} {Ratio(c.Paced99, contenders[0].Paced99),20}");

    plan = Routes.Plan(routes, ownPort, backendPort);
    var began = Stopwatch.GetTimestamp();
    await ServeAsync();
    Console.WriteLine($"{routes} routes at once: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    await ChangeAsync("");
    using (var load = new CancellationTokenSource())
    {
        var loading = Task.Run(() => { while (!load.IsCancellationRequested) Wrk.Run(ownPort, 1); });
        await ChangeAsync(" under full load");
        await load.CancelAsync();
        await loading;
    }
    var (pss, rss) = contenders[2].Resident();
    Console.WriteLine($"memory at {routes} routes, after all that: {pss:0.0} MB PSS, {rss:0.0} MB RSS");

    if (requests > 0)
    {
        using var echo = new Echo(Peers.EchoPort);
        plan = Routes.Shop(ownPort, backendPort, 0);
        await ServeAsync();
        Console.WriteLine("Twenty changes a second of routes, endpoints and certificates, under full load");
        Console.WriteLine($"{"",-10} {"changes",8} {"requests",12} {"failed",8} {"newcomers",12} {"failed",8} {"certificates",12} {"WebSockets left",14}");
        Console.WriteLine(await Changing.RunAsync("vitrine", ownPort, ownPort + Peers.SecurePort, requests, i =>
        {
            sender.Send(plan = Routes.Shop(ownPort, backendPort, i));
            return Task.CompletedTask;
        }) + Weight(contenders[2]));
        Console.WriteLine(await Changing.RunAsync("nginx", contenders[0].Port, contenders[0].Port + Peers.SecurePort, requests, i =>
        {
            peers.ChangeNginx(contenders[0], backendPort, i);
            return Task.CompletedTask;
        }) + Weight(contenders[0]));
    }

    async Task ServeAsync()
    {
        sender.Send(plan);
        while (!ReferenceEquals(sender.Served, plan))
            await Task.Delay(1);
    }

    async Task ChangeAsync(string how)
    {
        using var client = new RouteClient(ownPort);
        var waits = new List<double>();
        for (var i = 1; i <= changes; i++)
        {
            var host = 1 + i * 7 % (routes - 1);
            plan = Routes.Changed(plan, host, i);
            var at = Stopwatch.GetTimestamp();
            sender.Send(plan);
            client.Await(Routes.Host(host), i);
            waits.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            await Task.Delay(5);
        }
        waits.Sort();
        Console.WriteLine($"one route of {routes} changed to answered{how}, {changes} changes: p50 {waits[changes / 2]:0.00} ms, p99 {waits[changes * 99 / 100]:0.00} ms");
    }
}
finally
{
    foreach (var c in contenders)
        c.Dispose();
    backend.Kill(entireProcessTree: true);
    Directory.Delete(folder, recursive: true);
}
return;

void Measure(Contender contender, bool warmUp)
{
    var before = contender.CpuTime();
    var (requests, rate, p99) = Wrk.Run(contender.Port, seconds);
    var after = contender.CpuTime();
    if (warmUp)
        return;
    contender.Rate.Add(rate);
    contender.Cpu.Add((after.All - before.All) / requests);
    contender.User.Add((after.User - before.User) / requests);
    contender.P99.Add(p99);
}

static string Weight(Contender contender) => string.Create(CultureInfo.InvariantCulture, $", {contender.Processes} processes of {contender.Resident().Pss:0} MB PSS");

static string Cell(List<double> values, string format)
{
    var sorted = values.Order().ToArray();
    string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    return $"{Text(sorted[sorted.Length / 2])} [{Text(sorted[0])}–{Text(sorted[^1])}]";
}

static string Ratio(List<double> of, List<double> to) => Cell([.. of.Zip(to, (a, b) => a / b)], "0.00") + "×";
