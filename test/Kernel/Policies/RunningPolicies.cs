using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Dataplane;
using Vitrine.Kernel.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Policies;

/// <summary>The loop of one node, on a lab's snapshots.</summary>
internal sealed class RunningPolicies : IDisposable
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly PolicyLoop loop;
    private readonly Task running;

    public RunningPolicies(PolicyLab lab, LabNode node, bool hasForeignPods = false)
    {
        Heard = lab.Snapshot;
        loop = node.Netns.Handle.Run(() => new PolicyLoop(() => Heard is { } snapshot ? (snapshot, snapshot.Pods.Keys.Concat(Before?.Pods.Keys ?? []).ToHashSet()) : null, node.Node.Name, hasForeignPods, new Ear(Complaints), TimeProvider.System));
        running = Task.Run(() => loop.RunAsync(signal, stop.Token));
    }

    public Model.Snapshot.ClusterSnapshot? Heard { get; private set; }

    private Model.Snapshot.ClusterSnapshot? Before { get; set; }

    public List<string> Complaints { get; } = [];

    public void News(PolicyLab lab)
    {
        (Before, Heard) = (Heard, lab.Snapshot);
        signal.Writer.TryWrite(true);
    }

    public void Settle()
    {
        Thread.Sleep(300);
        Assert.False(running.IsCompleted, $"{running.Exception}");
    }

    public void Dispose()
    {
        stop.Cancel();
        running.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        loop.Dispose();
        stop.Dispose();
    }

    private sealed class Ear(List<string> complaints) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            if (IsEnabled(level))
                lock (complaints)
                    complaints.Add(format(state, exception));
        }
    }
}
