using System.Net.Sockets;
using Grpc.Net.Client;

namespace Vitrine.Agent.Cri;

/// <summary>gRPC clients over containerd's unix socket. The channel reconnects by itself when containerd comes back.</summary>
internal sealed class ContainerRuntime : IDisposable
{
    private readonly GrpcChannel channel;

    public ContainerRuntime(string socketPath)
    {
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
        Runtime = new RuntimeService.RuntimeServiceClient(channel);
        Images = new ImageService.ImageServiceClient(channel);
        Events = new Events.EventsClient(channel);
    }

    public RuntimeService.RuntimeServiceClient Runtime { get; }

    public ImageService.ImageServiceClient Images { get; }

    public Events.EventsClient Events { get; }

    public void Dispose() => channel.Dispose();
}
