using Vitrine.Linux.Interop;
using Xunit;

namespace Vitrine.Kernel.Linux;

/// <summary>Parts of a directory that somebody else fills, mounted elsewhere.</summary>
public sealed class RootedFilesTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vitrine-rooted-").FullName;

    private string Volume => Directory.CreateDirectory(Path.Combine(root, "volume")).FullName;

    private string Target => Path.Combine(root, "targets", "0");

    public void Dispose()
    {
        Mounts.TryUnmount(Target, lazy: true);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Missing_directories_are_made_with_the_permissions_of_the_root()
    {
        File.SetUnixFileMode(Volume, (UnixFileMode)0b111_111_000);
        RootedFiles.Bind(Volume, "a/b", Target);
        File.WriteAllText(Path.Combine(Target, "f"), "x");
        Assert.Equal("x", File.ReadAllText(Path.Combine(Volume, "a/b/f")));
        Assert.Equal(0b111_111_000, FileSystems.Status(Path.Combine(Volume, "a")).Permissions);
    }

    [Fact]
    public void A_file_is_mounted_as_a_file()
    {
        File.WriteAllText(Path.Combine(Volume, "f"), "x");
        RootedFiles.Bind(Volume, "f", Target);
        Assert.Equal("x", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../../../../../../etc")]
    public void A_link_that_leads_out_leads_nowhere(string target)
    {
        File.CreateSymbolicLink(Path.Combine(Volume, "out"), target);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => RootedFiles.Bind(Volume, "out/passwd", Target)).Errno);
        Assert.False(Path.Exists(Target));
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        Directory.CreateDirectory(Path.Combine(Volume, "real"));
        File.WriteAllText(Path.Combine(Volume, "real/f"), "x");
        File.CreateSymbolicLink(Path.Combine(Volume, "link"), "/real");
        RootedFiles.Bind(Volume, "link", Target);
        Assert.Equal("x", File.ReadAllText(Path.Combine(Target, "f")));
    }

    [Fact]
    public void Whoever_swaps_a_directory_for_a_link_meanwhile_gains_nothing()
    {
        var stop = false;
        var swapper = new Thread(() =>
        {
            var (real, aside, link) = (Path.Combine(Volume, "d"), Path.Combine(Volume, "aside"), Path.Combine(Volume, "link"));
            Directory.CreateDirectory(real);
            File.WriteAllText(Path.Combine(real, "own"), "");
            File.CreateSymbolicLink(link, "/etc");
            while (!Volatile.Read(ref stop))
            {
                try
                {
                    FileSystems.Rename(real, aside);
                    FileSystems.Rename(link, real);
                    FileSystems.Rename(real, link);
                    FileSystems.Rename(aside, real);
                }
                catch (LinuxException)
                {
                    // The other side has just made the directory that was missing.
                    Directory.Delete(real);
                    FileSystems.Rename(aside, real);
                }
            }
        });
        swapper.Start();
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                try
                {
                    RootedFiles.Bind(Volume, "d", Target);
                }
                catch (LinuxException)
                {
                    // The link was there, or nothing: refused is as good.
                    continue;
                }

                Assert.False(File.Exists(Path.Combine(Target, "passwd")));
                Mounts.Unmount(Target, lazy: true);
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            swapper.Join();
        }
    }
}
