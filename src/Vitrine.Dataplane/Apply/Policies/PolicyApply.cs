using System.Collections.Immutable;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>
/// Makes a table as a plan says, for the pods whose links are there. A packet meets the old policies or the new ones, whenever it comes. After
/// anything went wrong the next pass compares with what is really there.
/// </summary>
internal sealed class PolicyApply(IPolicyTable table, PolicySkeleton skeleton)
{
    private Dictionary<(PolicyDirection, Isolation), IsolationChains> rendered = [];
    private PolicyContents? held;

    /// <summary>Puts in what differs from what was put in before.</summary>
    /// <returns>how many things changed</returns>
    public int Update(PolicyPlan plan, ImmutableArray<PodLink> links)
    {
        if (held is not { } before)
            return Verify(plan, links);
        held = null;
        var wanted = Contents(plan, links);
        var changes = PolicyChanges.Between(skeleton, before, wanted);
        if (changes.Count > 0)
            table.Commit(changes);
        held = wanted;
        return changes.Count;
    }

    /// <summary>Compares with the table itself, and puts right whatever differs.</summary>
    public int Verify(PolicyPlan plan, ImmutableArray<PodLink> links)
    {
        held = null;
        var wanted = Contents(plan, links);
        var changes = table.Ensure(wanted.Spec(skeleton));
        held = wanted;
        return changes;
    }

    /// <summary>Chains of pods that have no link yet are there before them: a pod that comes is a few elements.</summary>
    internal PolicyContents Contents(PolicyPlan plan, ImmutableArray<PodLink> links)
    {
        var next = new Dictionary<(PolicyDirection, Isolation), IsolationChains>();
        foreach (var pod in plan.Pods.Values)
        {
            Render(PolicyDirection.Ingress, pod.Ingress);
            Render(PolicyDirection.Egress, pod.Egress);
        }
        rendered = next;
        // Isolations of different text may do the same.
        var parts = next.Values.DistinctBy(p => p.Name).ToImmutableDictionary(p => p.Name);
        return new PolicyContents(parts, parts.Values.SelectMany(p => p.Groups.Keys).Distinct().ToImmutableDictionary(k => k, k => plan.Groups[k]), Elements(plan, links));

        void Render(PolicyDirection direction, Isolation isolation)
        {
            if (!isolation.IsOpen && !next.ContainsKey((direction, isolation)))
                next[(direction, isolation)] = rendered.TryGetValue((direction, isolation), out var part) && part.Groups.All(g => PolicyRenderer.Shape(plan.Groups[g.Key]) == g.Value)
                    ? part : PolicyRenderer.Render(skeleton, direction, isolation, plan.Groups);
        }
    }

    private ImmutableDictionary<(NftSet, NftKey, NftKey), NftElement> Elements(PolicyPlan plan, ImmutableArray<PodLink> links)
    {
        var all = ImmutableDictionary.CreateBuilder<(NftSet, NftKey, NftKey), NftElement>();
        foreach (var family in skeleton.Families)
            foreach (var range in plan.OwnPods.Where(r => family.Has(r.BaseAddress)))
                Put(family.OwnPods, NftElement.Of(range));
        foreach (var link in links)
            if (link.Find(plan.Pods) is { } pod)
            {
                Put(skeleton.Links, NftElement.Of(NftValue.InterfaceName(link.Name)) with { Comment = pod.Pod });
                foreach (var address in link.Addresses)
                    foreach (var family in skeleton.Families.Where(f => f.Has(address)))
                    {
                        var key = NftElement.Of(NftValue.InterfaceName(link.Name), address) with { Comment = pod.Pod };
                        Put(family.Self, NftElement.Of(NftValue.InterfaceName(link.Name), address, address) with { Comment = pod.Pod });
                        Put(family.FromPods, key with { Verdict = Verdict(PolicyDirection.Egress, pod.Egress, p => p.Name) });
                        Put(family.ToPods, key with { Verdict = Verdict(PolicyDirection.Ingress, pod.Ingress, p => p.Name) });
                        Put(family.AnswersFromPods, key with { Verdict = Verdict(PolicyDirection.Ingress, pod.Ingress, p => p.Answers) });
                        Put(family.AnswersToPods, key with { Verdict = Verdict(PolicyDirection.Egress, pod.Egress, p => p.Answers) });
                    }
            }
        return all.ToImmutable();

        void Put(NftSet set, NftElement element) => all[(set, element.Key, element.Last ?? element.Key)] = element;
    }

    private NftVerdict Verdict(PolicyDirection direction, Isolation isolation, Func<IsolationChains, string> chain) =>
        isolation.IsOpen ? NftVerdict.Return : NftVerdict.Goto(chain(rendered[(direction, isolation)]));
}
