using System.Diagnostics;
using Vitrine.Cni.Ipam;
using Vitrine.Linux.Interop;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>The state directory under duress: reboot, full disk, a lock that is held.</summary>
public sealed class StateTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Fact]
    public void After_a_reboot_leases_without_a_sandbox_are_free_and_living_ones_are_kept()
    {
        var lives = network.NewPod();
        network.Add("gone", network.NewPod()).Succeeds();
        network.Add("lives", lives).Succeeds();
        network.Host.Socket.DeleteLink(network.Attached().Single(l => l.Alias!.Contains(" gone ")).Name);
        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").TrimEnd();
        File.WriteAllText(network.LeasesPath, File.ReadAllText(network.LeasesPath).Replace(bootId, "00000000-0000-0000-0000-000000000000") + "torn by the power cut\n");

        // The address rests: the next one goes on after the last.
        Assert.Equal("10.244.0.4/32", network.Add("new", network.NewPod()).Succeeds().Address());
        Assert.Equal(["lives", "new"], network.Leases().Select(l => l.Attachment.ContainerId).Order());
        Assert.StartsWith(LeaseLog.Header(bootId), File.ReadAllText(network.LeasesPath));
    }

    [Fact]
    public void On_a_full_disk_add_fails_clearly_without_half_a_state_and_del_succeeds()
    {
        Directory.CreateDirectory(network.State);
        Mounts("mount", "-t", "tmpfs", "-o", "size=16k,nr_inodes=16", "none", network.State);
        try
        {
            var pod = network.NewPod();
            network.Add("a", pod).Succeeds();
            var filler = Path.Combine(network.State, "filler");
            Fill(filler);
            // What is left of the lease file's page.
            var length = new FileInfo(network.LeasesPath).Length;
            PluginAnswer answer;
            var added = 1;
            while ((answer = network.Add($"b{added}", network.NewPod())).ExitCode == 0)
                added++;
            Assert.Equal(5, answer.Code);
            Assert.Contains("lease file", (string)answer.Json["msg"]!);
            Assert.Contains("no space", (string)answer.Json["details"]!);
            Assert.Equal(added, network.Attached().Count);
            Assert.Equal(added, network.Leases().Count);
            Assert.True(new FileInfo(network.LeasesPath).Length >= length);

            network.Del("a", pod).Succeeds();
            File.Delete(filler);
            network.Add("c", network.NewPod()).Succeeds();
            PluginNetwork.WaitFor(() => network.Leases().All(l => l.Attachment.ContainerId != "a") || network.Del("a").ExitCode == 0, () => "the lease stays");
        }
        finally
        {
            network.WaitForReapers();
            Mounts("umount", "-l", network.State);
        }
    }

    [Fact]
    public void A_lock_held_by_another_is_code_11_and_rolled_back()
    {
        network.Add("a", network.NewPod()).Succeeds();
        using (FileLock.Acquire(Path.Combine(network.State, "net", "lock")))
        {
            var busy = network.Add("b", network.NewPod());
            Assert.Equal(11, busy.Code);
            Assert.Contains("busy", (string)busy.Json["msg"]!);
        }
        Assert.Single(network.Attached());
        Assert.Single(network.Leases());
    }

    [Fact]
    public void Status_says_when_nftables_are_missing()
    {
        if (PluginNetwork.Published is null || !File.Exists("/usr/bin/strace"))
            Assert.Skip("needs strace and a published plugin");
        // The second socket a STATUS opens is NETLINK_NETFILTER's; a kernel without it refuses the protocol.
        string[] without = ["strace", "-f", "-o", "/dev/null", "-e", "inject=socket:error=EPROTONOSUPPORT:when=2"];
        var answer = network.CallRaw(network.Config("1.1.0").ToJsonString(), without, ("CNI_COMMAND", "STATUS"), ("CNI_PATH", "/x"));
        Assert.Equal(50, answer.Code);
        Assert.Contains("nf_tables", (string)answer.Json["msg"]!);
    }

    private static void Fill(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
                file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static void Mounts(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
