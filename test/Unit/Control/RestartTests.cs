using k8s;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Control;
using Vitrine.Model.Plans;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>What a controller does that nobody foresaw must neither end it nor stay unheard.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_controller_that_throws_is_logged_and_called_again()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (log, controller) = (new Recorder(), new Fragile());
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" });
        WorkloadWatch watch = new(client, () => Vitrine.Model.Snapshot.ClusterSnapshot.Empty, NullLogger.Instance, TimeProvider.System);
        ControllerRounds loop = new(log.CreateLogger("control"), TimeProvider.System);
        var running = loop.RunAsync(controller, watch, stop.Token);
        watch.Nodes(new(Vitrine.Model.Watching.WatchChangeKind.Replaced, []));
        watch.Pods(new(Vitrine.Model.Watching.WatchChangeKind.Replaced, []));
        watch.Namespaces(new(Vitrine.Model.Watching.WatchChangeKind.Replaced, []));
        await controller.Recovered.Task.WaitAsync(stop.Token);
        Assert.False(running.IsCompleted);
        Assert.Equal(2, log.Errors.Count);
        Assert.All(log.Errors, e => Assert.Contains("Fragile", e, StringComparison.Ordinal));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_loop_that_throws_is_started_again()
    {
        var (log, runs) = (new Recorder(), 0);
        await Restart.RunAsync("it", _ => ++runs < 2 ? throw new InvalidOperationException("unforeseen") : Task.CompletedTask, log.CreateLogger(""), TimeProvider.System, CancellationToken.None);
        Assert.Equal(2, runs);
        Assert.Single(log.Errors);
    }

    [Fact]
    public void Pauses_double_up_to_half_a_minute() =>
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(1, 8).Select(n => Restart.Pause(n).TotalSeconds));

    private sealed class Fragile : IWorkloadController
    {
        private int calls;

        public TaskCompletionSource Recovered { get; } = new();

        public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
        {
            if (++calls <= 2)
            {
                throw new NullReferenceException("unforeseen");
            }

            Recovered.TrySetResult();
            return Task.FromResult<TimeSpan?>(null);
        }
    }

    private sealed class Recorder : ILoggerFactory, ILogger
    {
        public List<string> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
            {
                Errors.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
