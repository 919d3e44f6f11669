using System.Net;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>What clients hear, with real packets.</summary>
public sealed class SemanticsTests
{
    [Fact]
    public void A_pod_reaches_every_endpoint_under_its_own_address()
    {
        using var lab = new ServiceLab(3, 1, 1);
        lab.Apply();
        foreach (var (vip, own) in new[] { (ServiceLab.Vip4, lab.Clients[0].V4), (ServiceLab.Vip6, lab.Clients[0].V6) })
            foreach (var ask in new Func<string>[] { () => Client.Tcp(lab.Clients[0].Netns, vip, 80), () => Client.Udp(lab.Clients[0].Netns, vip, 80) })
                Assert.Equal([$"web-0 {own}", $"web-1 {own}", $"web-2 {own}"], Enumerable.Range(0, 40).Select(_ => ask()).Distinct().Order());
    }
}
