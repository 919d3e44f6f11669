using System.Runtime.InteropServices;

namespace Vitrine.Bench.Network;

/// <summary>Binds the calling thread to a CPU: sched_setaffinity(2).</summary>
internal static unsafe partial class Cpu
{
    /// <summary>That of the clients; the servers have CPU 0.</summary>
    internal static readonly int Second = Math.Min(1, Environment.ProcessorCount - 1);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int pid, nuint size, ulong* mask);

    internal static void Bind(int cpu)
    {
        var mask = 1UL << cpu;
        if (SetAffinity(0, sizeof(ulong), &mask) != 0)
            throw new InvalidOperationException($"cannot bind a thread to CPU {cpu}: errno {Marshal.GetLastPInvokeError()}");
    }
}
