using System.Runtime.InteropServices;

namespace Vitrine.Bench.Gateway;

/// <summary>epoll(7) with waits of microseconds (epoll_pwait2, kernel 5.11), for a load generator that keeps to a schedule.</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int Add = 1, In = 1;
    private readonly int fd = Create(0);
    private readonly Event[] events = new Event[64];

    public void Watch(nint socket, int number)
    {
        var wanted = new Event { Events = In, Data = (ulong)number };
        if (Control(fd, Add, (int)socket, &wanted) != 0)
            throw new InvalidOperationException($"epoll_ctl: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Numbers of the sockets that can be read, after so many nanoseconds at most.</summary>
    public IEnumerable<int> Wait(long nanoseconds)
    {
        var count = WaitFor(Math.Max(0, nanoseconds));
        for (var i = 0; i < count; i++)
            yield return (int)events[i].Data;
    }

    public void Dispose() => Close(fd);

    private int WaitFor(long nanoseconds)
    {
        var limit = stackalloc long[2] { nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000 };
        fixed (Event* into = events)
            return (int)Syscall(441, fd, into, events.Length, limit, null, 0);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epfd, int op, int fd, Event* wanted);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint epfd, Event* events, nint max, long* timeout, void* mask, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    // struct epoll_event as x86-64 packs it.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Event
    {
        public uint Events;
        public ulong Data;
    }
}
