using System.Diagnostics;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>An ADD killed anywhere leaves no address and no link once the runtime's DEL ran.</summary>
public sealed class KillTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Fact]
    public void Kill_at_any_system_call_of_add_leaves_nothing()
    {
        if (PluginNetwork.Published is null)
            Assert.Skip("the built assembly makes thousands of system calls; set VITRINE_CNI to a published plugin");
        if (!File.Exists("/usr/bin/strace"))
            Assert.Skip("strace is not installed");
        var trace = Path.Combine(network.Host.Directory.FullName, "trace");
        network.Call("ADD", "whole", network.NewPod().Path, network.Config(), wrapper: ["strace", "-f", "-o", trace]).Succeeds();
        network.Del("whole").Succeeds();

        // The work begins where stdin is read; before, only the runtime starts. Each kind of call is counted by itself, in every thread.
        var calls = File.ReadAllLines(trace).SkipWhile(l => !l.Contains("read(0,")).Select(Name).OfType<string>().CountBy(n => n).ToList();
        var kills = 0;
        foreach (var (name, count) in calls)
            for (var n = 1; n <= count; n++)
            {
                var id = $"{name}-{n}";
                var pod = network.NewPod();
                var answer = network.Call("ADD", id, pod.Path, network.Config(), wrapper: ["strace", "-f", "-o", "/dev/null", "-e", $"inject={name}:signal=SIGKILL:when={n}"]);
                kills += answer.ExitCode == 0 ? 0 : 1;
                network.Del(id, pod).Succeeds();
            }
        Assert.True(kills > 30, $"only {kills} of {calls.Sum(c => c.Value)} injections killed");
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

    private static string? Name(string line)
    {
        // "PID  call(": strace pads short pids with more blanks.
        var blank = line.IndexOf(' ');
        var bracket = line.IndexOf('(');
        var name = blank > 0 && bracket > blank ? line[blank..bracket].Trim() : "";
        return name.Length > 0 && name is not "exit" and not "exit_group" && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : null;
    }
}
