using System.Runtime.InteropServices;
using System.Text;
using Vitrine.Linux.Interop;

namespace Vitrine.Kernel.Dataplane;

/// <summary>
/// A wire between two namespaces that is bytes and nothing else: two TUN devices whose packets pass through this process. Unlike a veth it carries no
/// "checksum still to be done" along, so what arrives was really summed up, and is really verified.
/// </summary>
internal sealed partial class TunRelay : IDisposable
{
    private const uint TunSetIff = 0x400454ca;
    private const short IffTun = 1, IffNoPi = 0x1000;
    private readonly FileHandle a, b;

    public TunRelay(ThrowAwayNetns one, string nameOfOne, ThrowAwayNetns other, string nameOfOther)
    {
        a = Open(one, nameOfOne);
        b = Open(other, nameOfOther);
        Pump(a, b);
        Pump(b, a);
    }

    /// <summary>Packets that passed.</summary>
    public int Passed;

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
    }

    private static FileHandle Open(ThrowAwayNetns netns, string name) => netns.Handle.Run(() =>
    {
        var tun = FileHandle.Open("/dev/net/tun", OpenFlags.ReadWrite);
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        MemoryMarshal.Write(request.AsSpan(16), (short)(IffTun | IffNoPi));
        if (Ioctl(tun.Fd, TunSetIff, request) != 0)
            throw new IOException($"TUNSETIFF {name}: errno {Marshal.GetLastPInvokeError()}");
        return tun;
    });

    private void Pump(FileHandle from, FileHandle to) => new Thread(() =>
    {
        var packet = new byte[64 * 1024];
        try
        {
            while (from.Read(packet) is > 0 and var n)
            {
                Interlocked.Increment(ref Passed);
                try
                {
                    to.Write(packet.AsSpan(0, n));
                }
                catch (IOException)
                {
                    // The other end is not up yet (EIO): a wire without a far end loses what is sent into it.
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }) { IsBackground = true }.Start();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int fd, nuint request, byte[] argument);
}
