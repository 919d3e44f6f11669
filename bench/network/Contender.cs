namespace Vitrine.Bench.Network;

/// <summary>Two pods and what was measured between them, a value per round.</summary>
internal sealed record Contender(string Name, BenchPod Server, BenchPod Client)
{
    /// <summary>Bits per second.</summary>
    public List<double> Throughput { get; } = [];

    /// <summary>Microseconds from a request to its answer.</summary>
    public List<double> Median { get; } = [];

    public List<double> P99 { get; } = [];
}
