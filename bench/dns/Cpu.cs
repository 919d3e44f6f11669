using System.Runtime.InteropServices;

namespace Vitrine.Bench.Dns;

/// <summary>Binds threads to a CPU: sched_setaffinity(2). The servers have CPU 0, the client the other.</summary>
internal static unsafe partial class Cpu
{
    internal static readonly int Second = Math.Min(1, Environment.ProcessorCount - 1);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint size, ulong* mask);

    /// <param name="thread">0 for the calling one.</param>
    internal static void Bind(int thread, int cpu)
    {
        var mask = 1UL << cpu;
        if (SetAffinity(thread, sizeof(ulong), &mask) != 0)
            throw new InvalidOperationException($"cannot bind thread {thread} to CPU {cpu}: errno {Marshal.GetLastPInvokeError()}");
    }
}
