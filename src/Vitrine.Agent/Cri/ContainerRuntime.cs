using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Vitrine.Agent.Cri;

/// <summary>gRPC clients over containerd's unix socket. The channel reconnects by itself when containerd comes back.</summary>
internal sealed class ContainerRuntime : IDisposable
{
    private readonly GrpcChannel channel;

    public ContainerRuntime(string socketPath, TimeProvider time)
    {
        Clock = new CriClock(time);
        var endpoint = new UnixDomainSocketEndPoint(socketPath);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(endpoint, ct).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        channel = GrpcChannel.ForAddress("http://containerd", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            // containerd's own limit (16 MiB) on lists of thousands of containers.
            MaxReceiveMessageSize = 16 << 20,
        });
        var timed = channel.Intercept(Clock).Intercept(new CriDeadline(time));
        Runtime = new RuntimeService.RuntimeServiceClient(timed);
        Images = new ImageService.ImageServiceClient(timed);
        Events = new Events.EventsClient(channel);
        Tasks = new Tasks.TasksClient(channel.Intercept(new CriDeadline(time)));
    }

    /// <summary>Time spent in CRI calls.</summary>
    public CriClock Clock { get; }

    public RuntimeService.RuntimeServiceClient Runtime { get; }

    public ImageService.ImageServiceClient Images { get; }

    public Events.EventsClient Events { get; }

    /// <summary>containerd's own, below CRI; what CRI makes is in its namespace k8s.io.</summary>
    public Tasks.TasksClient Tasks { get; }

    /// <summary>Says whose containers are meant.</summary>
    public static Metadata OfKubernetes { get; } = new() { { "containerd-namespace", "k8s.io" } };

    public void Dispose() => channel.Dispose();
}
