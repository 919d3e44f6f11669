using Microsoft.Extensions.Logging;

namespace Vitrine.ApiServer;

/// <summary>The running API server; dispose to stop it.</summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    /// <summary>Opens the store, binds the addresses and serves. Throws <see cref="IOException"/> with a plain message for a port in use or an unusable store.</summary>
    public static Task<ApiServerHost> StartAsync(ApiServerOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct) =>
        Task.FromException<ApiServerHost>(new IOException("the API server is not built"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
