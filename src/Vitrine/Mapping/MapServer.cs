using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vitrine.Clusters;

namespace Vitrine.Mapping;

/// <summary>The map of a cluster on the loopback: a static page, the API's objects as they change, and the answers of the verbs.</summary>
internal sealed class MapServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ClusterPaths paths;

    private MapServer(WebApplication app, ClusterPaths paths) => (this.app, this.paths) = (app, paths);

    /// <summary>Serves at the cluster's port, or at another where somebody has it. <see cref="MapLink"/> finds it by a file.</summary>
    /// <param name="stop">ends the streams</param>
    public static async Task<MapServer> StartAsync(ClusterPaths paths, ClusterSpec spec, TimeProvider time, CancellationToken stop)
    {
        var port = Free(spec.MapPort);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A stream goes as slowly as nothing happens.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = new MapServer(builder.Build(), paths);
        var guard = new MapGuard(new MapSessions(paths.MapFolder), port);
        var routes = new MapRoutes(paths, spec, time, stop);
        server.app.Run(async http =>
        {
            if (await guard.AdmitAsync(http) is { } rights)
                await routes.AnswerAsync(http, rights);
        });
        await server.app.StartAsync(stop);
        PrivateFile.Write(paths.MapPort, port.ToString(CultureInfo.InvariantCulture));
        return server;
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(paths.MapPort);
        return app.DisposeAsync();
    }

    private static int Free(int wanted)
    {
        foreach (var port in new[] { wanted, 0 })
            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return ((IPEndPoint)probe.LocalEndPoint!).Port;
            }
            catch (SocketException) when (port != 0)
            {
                // Somebody else's: any other will do, the link says which.
            }
        return wanted;
    }
}
