namespace Vitrine.Bench.Cni;

/// <summary>A plugin with the config it is called with.</summary>
internal sealed record Contender(string Name, string Program, string Config, string Ifname)
{
    public List<double> Add { get; } = [];

    public List<double> AddCpu { get; } = [];

    public List<double> Del { get; } = [];

    public List<double> DelCpu { get; } = [];

    public List<double> TogetherAdd { get; set; } = [];

    public List<double> TogetherDel { get; set; } = [];

    public List<long> PeakKilobytes { get; } = [];
}
