using System.Net;
using Vitrine.Clusters;
using Vitrine.Model;

namespace Vitrine.Explaining;

internal static class ClusterDns
{
    public const string Domain = "cluster.local";

    public static IEnumerable<IPAddress> Addresses(ClusterSpec spec) => ClusterSpec.Parse(spec.ServiceCidrs).Select(r => Subnets.At(r, 10));
}
