using System.Net;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Elements that are of no single Service.</summary>
internal static class ServiceCommon
{
    /// <param name="skeleton">the table</param>
    /// <param name="plan">the plan</param>
    /// <param name="ranges">those that refuse what is left, and not the others</param>
    public static IEnumerable<ServiceElement> Elements(ServiceSkeleton skeleton, ServicePlan plan, bool ranges)
    {
        foreach (var family in skeleton.Families)
            foreach (var (set, all) in ranges ? [(family.ServiceRanges, plan.Rules.ServiceRanges)] : new[] { (family.Pods, plan.AllPods), (family.OwnPods, plan.OwnPods) })
                foreach (var range in Ranges.Apart([.. all.Where(r => r.BaseAddress.AddressFamily == family.Family)]))
                    yield return new ServiceElement(set, NftElement.Of(range));
        if (ranges)
            foreach (var address in plan.Announced)
                if (skeleton.Of(address.AddressFamily) is { } family)
                    yield return new ServiceElement(family.Announced, NftElement.Of(address));
    }
}
