using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>An ADD or a DEL killed anywhere leaves nothing once the runtime's DEL ran: no link, address, host port, limit, nftables entry.</summary>
public sealed class KillTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Fact]
    public void Kill_at_any_system_call_of_add_leaves_nothing()
    {
        var kills = 0;
        foreach (var (name, n) in SystemCalls("ADD"))
        {
            var id = $"{name}-{n}";
            var pod = network.NewPod();
            kills += network.Call("ADD", id, pod.Path, Everything(), wrapper: Injection(name, n)).ExitCode == 0 ? 0 : 1;
            network.Del(id, pod).Succeeds();
        }
        Assert.True(kills > 60, $"only {kills} injections killed");
        network.WaitUntilClean();
    }

    [Fact]
    public void Kill_at_any_system_call_of_del_leaves_nothing_after_the_next()
    {
        var kills = 0;
        foreach (var (name, n) in SystemCalls("DEL"))
        {
            var id = $"{name}-{n}";
            var pod = network.NewPod();
            network.Add(id, pod, Everything()).Succeeds();
            kills += network.Call("DEL", id, pod.Path, network.Config(), wrapper: Injection(name, n)).ExitCode == 0 ? 0 : 1;
            network.Del(id, pod).Succeeds();
        }
        Assert.True(kills > 30, $"only {kills} injections killed");
        network.WaitUntilClean();
    }

    [Fact]
    public void Kill_at_any_time_of_add_leaves_nothing()
    {
        var whole = Stopwatch.StartNew();
        network.Add("whole", network.NewPod()).Succeeds();
        var span = whole.Elapsed;
        network.Del("whole").Succeeds();
        const int Times = 40;
        for (var i = 0; i < Times; i++)
        {
            var pod = network.NewPod();
            var clock = Stopwatch.StartNew();
            using var process = network.Start(network.Config().ToJsonString(), null,
                ("CNI_COMMAND", "ADD"), ("CNI_CONTAINERID", $"c{i}"), ("CNI_NETNS", pod.Path), ("CNI_IFNAME", "eth0"));
            PluginNetwork.WaitFor(() => clock.Elapsed >= span * i / Times, () => "the clock stands still");
            process.Kill();
            process.WaitForExit();
            network.Del($"c{i}", pod).Succeeds();
        }
        network.WaitUntilClean();
    }

    [Fact]
    public void What_a_killed_reaper_left_the_next_del_finishes()
    {
        var (a, b) = (network.NewPod(), network.NewPod());
        network.Add("a", a).Succeeds();
        network.Add("b", b).Succeeds();
        // As if the reaper had been killed before its work: the link is retired, nobody is on it.
        network.Host.Socket.SetLink(network.Attached().Single(l => l.Alias!.Contains(" a ")).Name,
            new() { Up = false, Group = Vitrine.Cni.Wiring.HostLink.DeletionGroup });

        network.Del("b", b).Succeeds();
        network.WaitUntilClean();
    }

    [Fact]
    public void An_add_whose_runtime_died_meanwhile_undoes_itself()
    {
        // It writes its answer when "true" has long ended.
        var answer = network.Call("ADD", "alone", network.NewPod().Path, Everything(), wrapper: ["sh", "-c", "{ sleep 0.3; \"$0\" \"$@\"; echo $? >&2; } 2>\"$STATE\" | true".Replace("$STATE", Outcome, StringComparison.Ordinal)]);
        Assert.Equal("", answer.Output);
        Assert.Equal("1\n", File.ReadAllText(Outcome));
        network.WaitUntilClean();
    }

    private string Outcome => Path.Combine(network.Host.Directory.FullName, "outcome");

    /// <summary>Both families, host ports, limits both ways: every step there is. The same ports each time, so one left behind is a refusal.</summary>
    private JsonObject Everything()
    {
        var config = network.Config(subnet6: "fd00:244::/64");
        config["runtimeConfig"] = JsonNode.Parse("""
            {"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"},{"hostPort":5353,"containerPort":53,"protocol":"udp"}],
             "bandwidth":{"ingressRate":1000000,"ingressBurst":1000000,"egressRate":1000000,"egressBurst":1000000}}
            """);
        return config;
    }

    /// <summary>What the command calls once it has its input; before, only the runtime starts. strace counts each kind from the start of the process.</summary>
    private IEnumerable<(string Name, int Number)> SystemCalls(string command)
    {
        if (PluginNetwork.Published is null)
            Assert.Skip("the built assembly makes thousands of system calls; set VITRINE_CNI to a published plugin");
        if (!File.Exists("/usr/bin/strace"))
            Assert.Skip("strace is not installed");
        var trace = Path.Combine(network.Host.Directory.FullName, "trace");
        var pod = network.NewPod();
        string[] Wrapper(string traced) => traced == command ? ["strace", "-f", "-o", trace] : [];
        network.Call("ADD", "whole", pod.Path, Everything(), wrapper: Wrapper("ADD")).Succeeds();
        network.Call("DEL", "whole", pod.Path, network.Config(), wrapper: Wrapper("DEL")).Succeeds();
        var lines = File.ReadAllLines(trace);
        var start = Array.FindIndex(lines, l => l.Contains("read(0,"));
        var before = lines.Take(start).Select(Name).OfType<string>().CountBy(n => n).ToDictionary();
        // The reaper that DEL starts is a process of its own, with a start of its own.
        var mine = lines.Skip(start).TakeWhile(l => !l.Contains("execve("));
        return [.. mine.Select(Name).OfType<string>().CountBy(n => n).SelectMany(c => Enumerable.Range(before.GetValueOrDefault(c.Key) + 1, c.Value).Select(n => (c.Key, n)))];
    }

    private static string[] Injection(string name, int number) => ["strace", "-f", "-o", "/dev/null", "-e", $"inject={name}:signal=SIGKILL:when={number}"];

    private static string? Name(string line)
    {
        // "PID  call(": strace pads short pids with more blanks.
        var blank = line.IndexOf(' ');
        var bracket = line.IndexOf('(');
        var name = blank > 0 && bracket > blank ? line[blank..bracket].Trim() : "";
        return name.Length > 0 && name is not "exit" and not "exit_group" && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : null;
    }
}
