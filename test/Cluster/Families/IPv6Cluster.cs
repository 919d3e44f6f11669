namespace Vitrine.Cluster.Families;

/// <summary>A cluster whose primary family is IPv6.</summary>
public abstract class IPv6Cluster(string name, int index, bool alone) : TestCluster(name, index, "--nodes", "3", "--ip-family", alone ? "ipv6" : "dual")
{
    public override string PodCidr => Ranges($"fd00:{200 + Index}::/56", base.PodCidr);

    public override string ServiceCidr => Ranges($"fd00:{220 + Index}::/112", base.ServiceCidr);

    public override string NodeCidr => Ranges($"fd00:29:{Index}::/64", base.NodeCidr);

    public override string NodeAddress => $"fd00:29:{Index}::2";

    private string Ranges(string six, string four) => alone ? six : $"{six},{four}";
}
