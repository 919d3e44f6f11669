using System.Diagnostics;
using System.Net;
using Vitrine.Bench.Cni;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

// Rounds of ADD and DEL, each round every contender once, in an order that rotates; after each DEL the bench waits until the links are really gone,
// so that nobody's deferred work falls into somebody else's time. Medians, and ratios of medians to bridge + host-local.
var rounds = args.Length > 0 ? int.Parse(args[0]) : 60;
var vitrine = System.Environment.GetEnvironmentVariable("VITRINE_CNI") ?? throw new InvalidOperationException("set VITRINE_CNI");
const string Reference = "/usr/lib/cni";
var work = Directory.CreateTempSubdirectory("vitrine-bench-").FullName;
Processes.BecomeSubreaper();
using var host = RtnetlinkSocket.Open();
if (host.ListLinks().Any(l => l.Name != "lo"))
    throw new InvalidOperationException("run this in a network namespace of its own: unshare --net");
host.SetUp("lo");
host.ReplaceRoute(RouteSpec.Blackhole(IPNetwork.Parse("10.0.0.0/8")));

var contenders = new List<Contender>
{
    new("bridge+host-local", $"{Reference}/bridge", ReferenceConfig("bridge", 1, "\"bridge\":\"cni0\",\"isGateway\":true,"), "eth0"),
    new("ptp+host-local", $"{Reference}/ptp", ReferenceConfig("ptp", 2, ""), "eth0"),
    new("vitrine-cni routed", vitrine, VitrineConfig("routed", 3), "eth0"),
    new("vitrine-cni bridge", vitrine, VitrineConfig("bridge", 4), "eth0"),
};
contenders.RemoveAll(c => !File.Exists(c.Program));
foreach (var contender in contenders)
    File.WriteAllText(ConfigPath(contender), contender.Config);

for (var round = -3; round < rounds; round++)
    for (var i = 0; i < contenders.Count; i++)
    {
        var contender = contenders[(i + Math.Abs(round)) % contenders.Count];
        var (add, del) = Pair(contender, $"c{round + 3}", PluginProcess.Run);
        if (round < 0)
            continue;
        contender.Add.Add(add.Wall);
        contender.AddCpu.Add(add.Cpu);
        contender.Del.Add(del.Wall);
        contender.DelCpu.Add(del.Cpu);
    }
for (var round = 0; round < 5; round++)
    foreach (var contender in contenders)
        contender.PeakKilobytes.Add((long)Pair(contender, $"m{round}", (p, e, i, o) => (PluginProcess.PeakKilobytes(p, e, i, o), 0)).Add.Wall);

Console.WriteLine($"CNI ADD and DEL, {rounds} interleaved rounds, {System.Environment.ProcessorCount} CPUs, Linux {System.Environment.OSVersion.Version}; ms, median (p90); CPU: of the process and its children");
Console.WriteLine($"{"",-20} {"ADD",15} {"ratio",6} {"CPU",6} {"DEL",15} {"ratio",6} {"CPU",6} {"peak RSS",9} {"binary",9}");
var baseline = contenders[0];
foreach (var c in contenders)
    Console.WriteLine($"{c.Name,-20} {Cell(c.Add),15} {Median(c.Add) / Median(baseline.Add),6:0.00} {Median(c.AddCpu),6:0.00} "
        + $"{Cell(c.Del),15} {Median(c.Del) / Median(baseline.Del),6:0.00} {Median(c.DelCpu),6:0.00} "
        + $"{c.PeakKilobytes.Order().ElementAt(2) / 1024.0,6:0.0} MB {new FileInfo(c.Program).Length / 1048576.0,6:0.0} MB");
if (args.Length > 1)
{
    Together(int.Parse(args[1]));
    Sandboxes(rounds);
}
Directory.Delete(work, recursive: true);

// Many pods at once, as after a reboot of a node: the time until the last ADD is done, in rounds that alternate.
void Together(int count)
{
    Console.WriteLine($"\n{count} ADDs at once, ms until the last is done, median of 5 rounds; DEL likewise");
    foreach (var c in contenders)
        (c.TogetherAdd, c.TogetherDel) = ([], []);
    for (var round = 0; round < 5; round++)
        foreach (var c in contenders.Where(c => c.Name is "bridge+host-local" or "vitrine-cni routed" or "vitrine-cni bridge"))
        {
            var paths = Enumerable.Range(0, count).Select(i => $"{work}/many-{round}-{i}").ToArray();
            foreach (var path in paths)
                PinnedNetns.Create(path).Dispose();
            double All(string command)
            {
                var start = Stopwatch.GetTimestamp();
                var threads = paths.Select((path, i) => new Thread(() => PluginProcess.Run(c.Program, Environment(command, $"m{round}-{i}", path, c.Ifname), ConfigPath(c), $"{path}.out"))).ToArray();
                Array.ForEach(threads, t => t.Start());
                Array.ForEach(threads, t => t.Join());
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            c.TogetherAdd.Add(All("ADD"));
            c.TogetherDel.Add(All("DEL"));
            WaitUntilNoVeth();
            Array.ForEach(paths, PinnedNetns.Remove);
        }
    foreach (var c in contenders.Where(c => c.TogetherAdd.Count > 0))
        Console.WriteLine($"{c.Name,-20} {Median(c.TogetherAdd),9:0} {Median(c.TogetherAdd) / Median(contenders[0].TogetherAdd),6:0.00} {Median(c.TogetherDel),9:0} {Median(c.TogetherDel) / Median(contenders[0].TogetherDel),6:0.00}");
}

// What a runtime starts for one sandbox with a host port and addresses: three reference plugins one after another, or ours alone.
void Sandboxes(int count)
{
    const string Ports = "\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}";
    var (ours, theirs) = (new List<double>(), new List<double>());
    File.WriteAllText($"{work}/lo.json", "{\"cniVersion\":\"1.0.0\",\"name\":\"lo\",\"type\":\"loopback\"}");
    File.WriteAllText($"{work}/ports.json", contenders.Single(c => c.Name == "vitrine-cni routed").Config.TrimEnd().TrimEnd('}') + "," + Ports + "}");
    for (var round = 0; round < count; round++)
    {
        var path = $"{work}/sandbox-{round}";
        string[] Call(string command, string ifname = "eth0") => Environment(command, $"s{round}", path, ifname);
        using (PinnedNetns.Create(path))
        {
            ours.Add(PluginProcess.Run(vitrine, Call("ADD"), $"{work}/ports.json", $"{work}/out").Wall);
            PluginProcess.Run(vitrine, Call("DEL"), $"{work}/ports.json", $"{work}/out");
            WaitUntilNoVeth();
        }
        PinnedNetns.Remove(path);
        using (PinnedNetns.Create(path))
        {
            var wall = PluginProcess.Run($"{Reference}/loopback", Call("ADD", "lo"), $"{work}/lo.json", $"{work}/out").Wall;
            wall += PluginProcess.Run(contenders[0].Program, Call("ADD"), ConfigPath(contenders[0]), $"{work}/result").Wall;
            File.WriteAllText($"{work}/portmap.json", "{\"cniVersion\":\"1.0.0\",\"name\":\"bridge\",\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}," + Ports + ",\"prevResult\":" + File.ReadAllText($"{work}/result") + "}");
            wall += PluginProcess.Run($"{Reference}/portmap", [.. Call("ADD"), "PATH=/usr/sbin:/usr/bin:/sbin:/bin"], $"{work}/portmap.json", $"{work}/out").Wall;
            theirs.Add(wall);
            PluginProcess.Run($"{Reference}/portmap", [.. Call("DEL"), "PATH=/usr/sbin:/usr/bin:/sbin:/bin"], $"{work}/portmap.json", $"{work}/out");
            PluginProcess.Run(contenders[0].Program, Call("DEL"), ConfigPath(contenders[0]), $"{work}/out");
            WaitUntilNoVeth();
        }
        PinnedNetns.Remove(path);
    }
    Console.WriteLine($"\nA sandbox with a host port, ADD of all plugins, ms: loopback + bridge + portmap {Cell(theirs)}, vitrine-cni {Cell(ours)}, {Median(theirs) - Median(ours):0.0} ms faster");
}

void WaitUntilNoVeth()
{
    while (host.ListLinks().Any(l => l.Kind is "veth"))
        Thread.Yield();
}

string[] Environment(string command, string id, string path, string ifname) =>
    [$"CNI_COMMAND={command}", $"CNI_CONTAINERID={id}", $"CNI_NETNS={path}", $"CNI_IFNAME={ifname}", $"CNI_PATH={Reference}"];

((double Wall, double Cpu) Add, (double Wall, double Cpu) Del) Pair(
    Contender contender, string id, Func<string, string[], string, string, (double, double)> run)
{
    var path = $"{work}/{contender.Name.Replace(' ', '-')}-{id}";
    using var netns = PinnedNetns.Create(path);
    string[] Call(string command) => Environment(command, id, path, contender.Ifname);
    var add = run(contender.Program, Call("ADD"), ConfigPath(contender), $"{work}/out");
    var del = run(contender.Program, Call("DEL"), ConfigPath(contender), $"{work}/out");
    WaitUntilNoVeth();
    PinnedNetns.Remove(path);
    return (add, del);
}

string ConfigPath(Contender contender) => $"{work}/{contender.Name.Replace(' ', '-')}.json";

string ReferenceConfig(string type, int net, string extra) =>
    $$"""{"cniVersion":"1.0.0","name":"{{type}}","type":"{{type}}",{{extra}}"ipam":{"type":"host-local","ranges":[[{"subnet":"10.{{net}}.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}],"dataDir":"{{work}}/host-local"} }""";

string VitrineConfig(string mode, int net) =>
    $$"""{"cniVersion":"1.0.0","name":"{{mode}}","type":"vitrine-cni","mode":"{{mode}}","stateDir":"{{work}}/vitrine","ipam":{"ranges":[[{"subnet":"10.{{net}}.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]} }""";

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static string Cell(List<double> values) => $"{Median(values):0.00} ({values.Order().ElementAt(values.Count * 9 / 10):0.00})";
