using k8s;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>Tests of what runs beside a real control plane until they end.</summary>
public abstract class BesideControlPlane : IAsyncLifetime
{
    private protected readonly CancellationTokenSource stop = new();
    private protected ControlPlane plane = null!;
    private protected Kubernetes client = null!;

    /// <summary>What is under test; it ends by <see cref="stop"/>, before the control plane does.</summary>
    private protected Task running = Task.CompletedTask;

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        client.Dispose();
        await plane.DisposeAsync();
    }

    /// <param name="nodes">of the control plane</param>
    /// <param name="handlers">hear the client's requests</param>
    private protected async Task StartAsync(int nodes, params DelegatingHandler[] handlers)
    {
        plane = await ControlPlane.StartAsync(nodes);
        client = plane.Connect(handlers);
    }
}
