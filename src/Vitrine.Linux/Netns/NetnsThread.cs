using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netns;

/// <summary>
/// A thread that does one thing after another in foreign network namespaces and comes home after each, so that it holds none of them open while it waits.
/// A thread a job would start thousands, and starting one is where a runtime can fail for good: the starter waits for a thread that never reports.
/// </summary>
internal sealed class NetnsThread
{
    private const int MostIdle = 8;

    private static readonly ConcurrentStack<NetnsThread> Idle = [];

    // That of the process' first thread: whoever starts a new one may be in a foreign namespace itself.
    private static readonly Lazy<NetnsHandle> Home = new(() => NetnsHandle.Open("/proc/self/ns/net"));

    private readonly SemaphoreSlim wake = new(0);
    private readonly SemaphoreSlim done = new(0);
    private Action? job;
    private bool isHome;

    private NetnsThread() => new Thread(Work, maxStackSize: 256 * 1024) { IsBackground = true, Name = "netns" }.Start();

    /// <summary>Runs <paramref name="job"/>, which enters a namespace itself, and waits for it; its exceptions are the caller's.</summary>
    public static void Run(Action job)
    {
        _ = Home.Value;
        ExceptionDispatchInfo? failure = null;
        var thread = Idle.TryPop(out var idle) ? idle : new NetnsThread();
        thread.job = () =>
        {
            try
            {
                job();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        };
        thread.wake.Release();
        thread.done.Wait();
        thread.job = null;
        if (thread.isHome && Idle.Count < MostIdle)
        {
            Idle.Push(thread);
        }
        else if (thread.isHome)
        {
            thread.wake.Release();
        }

        failure?.Throw();
    }

    private void Work()
    {
        do
        {
            wake.Wait();
            if (job is null)
            {
                return;
            }

            job();
            // One that cannot come home ends: it would be a trap for the next job.
            isHome = LibC.Setns(Home.Value.Fd, NetnsHandle.CloneNewNet) == 0;
            done.Release();
        }
        while (isHome);
    }
}
