using Vitrine.Linux.Interop;
using Xunit;

namespace Vitrine.Unit.Linux;

public sealed class ProcFilesTests
{
    [Fact]
    public void A_mount_is_read_with_its_escapes_and_optional_fields()
    {
        var entry = Assert.Single(Mounts.Parse("36 35 0:4 net:[4026531840] /run/with\\040space/a rw,nosuid shared:5 master:1 - nsfs nsfs rw\n"));
        Assert.Equal((36, 35, "/run/with space/a", "shared:5 master:1", "nsfs"), (entry.Id, entry.ParentId, entry.MountPoint, entry.Propagation, entry.FileSystem));
        Assert.Equal("net:[4026531840]", entry.Root);
    }

    [Fact]
    public void This_process_sees_its_proc_mount() => Assert.Contains(Mounts.List(), m => m is { MountPoint: "/proc", FileSystem: "proc" });

    [Fact]
    public void A_process_name_with_brackets_does_not_shift_the_fields()
    {
        var stat = "12 (a) b (c)) S 1 12 12 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10";
        Assert.Equal(('S', 98765UL), Processes.ParseStat(stat));
    }

    [Fact]
    public void This_process_is_alive_and_not_under_another_start_time()
    {
        var start = Processes.StartTime(Environment.ProcessId)!.Value;
        Assert.True(Processes.IsAlive(Environment.ProcessId, start));
        Assert.False(Processes.IsAlive(Environment.ProcessId, start + 1));
        Assert.False(Processes.Kill(Environment.ProcessId, start + 1, Signal.Kill));
    }

    [Fact]
    public void Capability_bits_have_their_names() =>
        Assert.Equal(["CAP_CHOWN", "CAP_NET_ADMIN"], Capabilities.Parse("Name:\tx\nCapEff:\t0000000000001001\n", "CapEff:").Order());

    [Fact]
    public void A_lock_is_held_once_and_free_after_dispose()
    {
        var path = Path.GetTempFileName();
        using (var held = FileLock.Acquire(path))
            Assert.Null(FileLock.TryAcquire(path));
        using var again = FileLock.TryAcquire(path);
        Assert.NotNull(again);
        File.Delete(path);
    }

    [Theory]
    [InlineData("CapEff:\t000001fffeffffff", false)]
    [InlineData("CapEff:\t000001ffffffffff", true)]
    public void CAP_SYS_RESOURCE_is_bit_24(string status, bool held) => Assert.Equal(held, Capabilities.Parse(status, "CapEff:").Contains("CAP_SYS_RESOURCE"));

    [Fact]
    public void A_status_without_the_capability_line_is_an_error() => Assert.Throws<FormatException>(() => Capabilities.Parse("Name:\tx", "CapEff:"));

    [Fact]
    public void A_failed_open_says_which_file_and_why()
    {
        var e = Assert.Throws<LinuxException>(() => FileHandle.Open("/no/such/file", OpenFlags.ReadOnly));
        Assert.Equal(("open /no/such/file: no such file or directory (ENOENT)", Errno.ENOENT), (e.Message, e.Errno));
    }

    [Fact]
    public void A_link_cannot_lead_out_of_the_root()
    {
        var root = Directory.CreateTempSubdirectory("vitrine-test-");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "out"), "/etc/hostname");
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => RootedFiles.Open(root.FullName, "out", OpenFlags.ReadOnly)).Errno);
        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => RootedFiles.Open(root.FullName, "out", OpenFlags.ReadOnly, symlinks: false)).Errno);
        root.Delete(recursive: true);
    }
}
