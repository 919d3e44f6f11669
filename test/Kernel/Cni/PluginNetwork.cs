using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Cni.Ipam;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Kernel.Cni;

/// <summary>
/// A namespace that plays the host, and the plugin called in it as a runtime does: published where VITRINE_CNI points to, else the built assembly.
/// </summary>
internal sealed class PluginNetwork : IDisposable
{
    private readonly List<ThrowAwayNetns> pods = [];

    public PluginNetwork()
    {
        // What is sent to a pod that is not there must not look for another way out.
        Host.Socket.ReplaceRoute(RouteSpec.Blackhole(IPNetwork.Parse("10.0.0.0/8")));
        Host.Socket.CreateBridge("up0");
        Host.Socket.AddAddress(Host.Socket.GetLink("up0").Index, IPAddress.Parse("192.0.2.1"), 24);
        Host.Socket.SetUp("up0");
    }

    internal static string? Published => Environment.GetEnvironmentVariable("VITRINE_CNI") is { Length: > 0 } path ? path : null;

    internal ThrowAwayNetns Host { get; } = new();

    internal string State => Path.Combine(Host.Directory.FullName, "state");

    internal string LeasesPath => Path.Combine(State, "net", "leases");

    internal static string[] Program => Published is { } path ? [path] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "vitrine-cni.dll")];

    internal ThrowAwayNetns NewPod()
    {
        var pod = new ThrowAwayNetns();
        lock (pods)
            pods.Add(pod);
        return pod;
    }

    internal JsonObject Config(string version = "1.0.0", string subnet = "10.244.0.0/24", string? subnet6 = null, string mode = "routed") => new()
    {
        ["cniVersion"] = version, ["name"] = "net", ["type"] = "vitrine-cni", ["mode"] = mode, ["stateDir"] = State,
        ["ipam"] = new JsonObject { ["ranges"] = Ranges(subnet, subnet6) },
    };

    internal PluginAnswer Call(string command, string containerId, string? netns, JsonNode config, string ifname = "eth0", string[]? wrapper = null, string? args = null) =>
        CallRaw(config.ToJsonString(), wrapper, ("CNI_COMMAND", command), ("CNI_CONTAINERID", containerId), ("CNI_NETNS", netns), ("CNI_IFNAME", ifname),
            ("CNI_PATH", "/opt/cni/bin"), ("CNI_ARGS", args));

    internal PluginAnswer CallRaw(string stdin, string[]? wrapper, params (string Name, string? Value)[] environment)
    {
        using var process = Start(stdin, wrapper, environment);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new PluginAnswer(process.ExitCode, output);
    }

    /// <summary>Another plugin, such as one of the reference's.</summary>
    internal PluginAnswer CallProgram(string program, string stdin, params (string Name, string? Value)[] environment)
    {
        using var process = Start(stdin, [program], [], environment);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new PluginAnswer(process.ExitCode, output);
    }

    internal Process Start(string stdin, string[]? wrapper, params (string Name, string? Value)[] environment) => Start(stdin, wrapper ?? [], Program, environment);

    private Process Start(string stdin, string[] wrapper, string[] program, (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[$"--net={Host.Path}", .. wrapper, .. program])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            if (value is not null)
                start.Environment[name] = value;
        var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Write(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A plugin that refuses its environment, or was killed, does not read.
        }
        return process;
    }

    internal PluginAnswer Add(string containerId, ThrowAwayNetns pod, JsonNode? config = null) => Call("ADD", containerId, pod.Path, config ?? Config());

    internal PluginAnswer Del(string containerId, ThrowAwayNetns? pod = null, JsonNode? config = null) => Call("DEL", containerId, pod?.Path, config ?? Config());

    internal IReadOnlyList<Link> Attached() => [.. Host.Socket.ListLinks().Where(l => l.Name.StartsWith("vtr", StringComparison.Ordinal) && l.Kind == "veth")];

    internal IReadOnlyCollection<Lease> Leases()
    {
        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").TrimEnd();
        return File.Exists(LeasesPath) ? LeaseLog.Read(File.ReadAllBytes(LeasesPath), bootId, out _, out _).Leases : [];
    }

    /// <summary>All elements of all sets and maps of a table.</summary>
    internal IReadOnlyList<NftElement> Elements(string table, NftFamily family = NftFamily.Inet)
    {
        using var nft = NftSocket.OpenIn(Host.Handle);
        var named = new NftTable(family, table);
        return nft.ListTables().Contains(named) ? [.. nft.ListSets(named).SelectMany(nft.ListElements)] : [];
    }

    /// <summary>Waits until no pod link, no lease and nothing else of a pod is left.</summary>
    internal void WaitUntilClean() => WaitFor(
        () => Attached().Count == 0 && Leases().Count == 0 && Entries().Count == 0 && Ifbs().Count == 0,
        () => $"{Attached().Count} links, {Ifbs().Count} ifbs, {Leases().Count} leases, {Entries().Count} nftables entries are left");

    /// <summary>Waits until DEL has had its way with all but some.</summary>
    internal void WaitUntil(int links) => WaitFor(() => Attached().Count == links && Leases().Count == links, () => $"{Attached().Count} links and {Leases().Count} leases instead of {links}");

    internal IReadOnlyList<Link> Ifbs() => [.. Host.Socket.ListLinks().Where(l => l.Kind == "ifb")];

    /// <summary>What nftables hold for single pods; a bridge's hairpin entry is for all of them.</summary>
    private List<NftElement> Entries() =>
        [.. Elements("vitrine-hostports").Concat(Elements("vitrine-antispoof")).Concat(Elements("vitrine-antispoof", NftFamily.Bridge)).Where(e => e.Comment != "bridge")];

    internal static void WaitFor(Func<bool> condition, Func<string> failure)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Yield())
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                throw new TimeoutException(failure());
    }

    public void Dispose()
    {
        foreach (var pod in pods)
            pod.Dispose();
        WaitForReapers();
        Host.Dispose();
    }

    /// <summary>A reaper writes below the directory that is about to go.</summary>
    internal void WaitForReapers() => WaitFor(() => Directory.Exists(State) is false || Directory.EnumerateDirectories(State).All(IsIdle), () => "a reaper does not end");

    private static bool IsIdle(string networkDirectory)
    {
        foreach (var name in (string[])["reap.pending", "reap.running"])
        {
            using var held = Vitrine.Linux.Interop.FileLock.TryAcquire(Path.Combine(networkDirectory, name));
            if (held is null)
                return false;
        }
        return true;
    }

    private static JsonArray Ranges(string subnet, string? subnet6)
    {
        var ranges = new JsonArray { new JsonArray { new JsonObject { ["subnet"] = subnet } } };
        if (subnet6 is not null)
            ranges.Add(new JsonArray { new JsonObject { ["subnet"] = subnet6 } });
        return ranges;
    }
}
