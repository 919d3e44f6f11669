using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Kernel;

/// <summary>A network namespace of the test's own, pinned at a path and connected to nothing, gone with all its links at the end.</summary>
internal sealed class ThrowAwayNetns : IDisposable
{
    private static int counter;

    public ThrowAwayNetns()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("vitrine-test-");
        Path = System.IO.Path.Combine(Directory.FullName, "netns" + Interlocked.Increment(ref counter));
        Handle = PinnedNetns.Create(Path);
        Socket = RtnetlinkSocket.OpenIn(Handle);
        Socket.SetUp("lo");
    }

    public DirectoryInfo Directory { get; }

    public string Path { get; }

    public NetnsHandle Handle { get; }

    public RtnetlinkSocket Socket { get; }

    public void Dispose()
    {
        Socket.Dispose();
        Handle.Dispose();
        PinnedNetns.Remove(Path);
        Directory.Delete(recursive: true);
    }
}
