namespace Vitrine.Agent.Probes;

/// <summary>Those that keep an HTTP client, once for the whole node.</summary>
internal sealed class Probers : IDisposable
{
    public HttpProber Http { get; } = new();

    public GrpcProber Grpc { get; } = new();

    public void Dispose()
    {
        Http.Dispose();
        Grpc.Dispose();
    }
}
