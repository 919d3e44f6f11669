using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>What the table holds as far as this program knows, Service by Service, with the numbers it gave.</summary>
internal sealed class ServiceState(ServiceSkeleton skeleton)
{
    private readonly Dictionary<string, ServiceEntry> entries = [];
    private readonly Dictionary<AddressFamily, GroupNumbers> numbers = skeleton.Families.ToDictionary(f => f.Family, _ => new GroupNumbers());
    private readonly Dictionary<ServiceEntry.GroupKey, GroupState> found = [];
    private readonly Dictionary<(NftSet, NftKey), int> shared = [];

    public ServiceModes Modes { get; } = new();

    /// <summary>The plan it is of; null at the start.</summary>
    public ServicePlan? Plan { get; private set; }

    /// <summary>Front ends that could not be put in, since numbers have run out.</summary>
    public HashSet<string> LeftOut { get; } = [];

    /// <summary>Takes over numbers and places from an earlier life, so that nothing moves that need not.</summary>
    public void Adopt(ServiceContents contents)
    {
        foreach (var (mode, number) in contents.Modes)
            Modes.Adopt(mode, number);
        foreach (var (key, id, places, affinity) in ServiceAdoption.Groups(skeleton, contents))
        {
            var group = new GroupState(id);
            group.Adopt(places, affinity);
            found[key] = group;
            numbers[key.Family].Adopt(id);
        }
    }

    /// <summary>What must change for one Service to be as the plan says. The state is then as if it were done.</summary>
    public void Change(ServicePlan plan, string service, ServiceChanges changes)
    {
        var held = entries.GetValueOrDefault(service);
        List<ServiceElement> before = held is null ? [] : [.. held.Elements(skeleton)], sharedBefore = held is null ? [] : [.. held.Shared(skeleton, InRange)];
        var entry = held ?? new ServiceEntry();
        Set(entry, plan, service, changes);
        changes.Difference(before, entry.Elements(skeleton));
        foreach (var (set, element) in entry.Shared(skeleton, InRange))
            if (++CollectionsMarshal.GetValueRefOrAddDefault(shared, (set, element.Key), out _) == 1)
                changes.Add(set, element);
        foreach (var (set, element) in sharedBefore)
            if (--CollectionsMarshal.GetValueRefOrAddDefault(shared, (set, element.Key), out _) == 0)
            {
                shared.Remove((set, element.Key));
                changes.Delete(set, element);
            }
        if (entry.Fronts.Count > 0)
            entries[service] = entry;
        else
            entries.Remove(service);
    }

    /// <summary>Sets of no single Service. Ranges that are refused come after the Services they hold.</summary>
    public void ChangeCommon(ServicePlan plan, bool ranges, ServiceChanges changes)
    {
        // Ranges of five thousand nodes are not looked at for one endpoint.
        if (!ranges && Plan is { } before && before.AllPods == plan.AllPods && before.OwnPods == plan.OwnPods)
            return;
        changes.Difference(Plan is null ? [] : ServiceCommon.Elements(skeleton, Plan, ranges), ServiceCommon.Elements(skeleton, plan, ranges));
    }

    /// <summary>The table is as the plan says; what was adopted and is not wanted is gone.</summary>
    public void Done(ServicePlan plan)
    {
        Plan = plan;
        foreach (var (key, group) in found)
            numbers[key.Family].GiveBack(group.Id);
        found.Clear();
    }

    /// <summary>Everything that should be there.</summary>
    public IEnumerable<ServiceElement> Elements(ServicePlan plan) =>
        entries.Values.SelectMany(e => e.Elements(skeleton))
            .Concat(shared.Keys.Select(k => new ServiceElement(k.Item1, new NftElement(k.Item2))))
            .Concat(ServiceCommon.Elements(skeleton, plan, ranges: false)).Concat(ServiceCommon.Elements(skeleton, plan, ranges: true));

    private bool InRange(IPAddress address) => (rangesOf ?? Plan)?.Rules.ServiceRanges.Any(r => r.Contains(address)) == true;

    private ServicePlan? rangesOf;

    private void Set(ServiceEntry entry, ServicePlan plan, string service, ServiceChanges changes)
    {
        rangesOf = plan;
        entry.Fronts.Clear();
        LeftOut.Remove(service);
        var used = new List<ServiceEntry.GroupKey>(2);
        if (plan.Services.TryGetValue(service, out var planned))
            foreach (var port in planned.Ports)
            {
                var comment = Comment(port, Fate.Cluster);
                foreach (var frontEnd in port.FrontEnds)
                    if (skeleton.Of(frontEnd.Key.Family) is not null && plan.Has(service, frontEnd.Key) && !entry.Fronts.Exists(f => f.FrontEnd.Key == frontEnd.Key))
                    {
                        if (ValueOf(frontEnd.Inside) is { } inside && ValueOf(frontEnd.Outside) is { } outside)
                            entry.Fronts.Add(new ServiceEntry.Front(frontEnd, inside, outside, Named(frontEnd.Inside), Named(frontEnd.Outside)));
                        else
                            LeftOut.Add(service);

                        uint? ValueOf(Fate fate) => fate switch
                        {
                            Fate.Drop => ServiceValue.Drop,
                            Fate.Reject => frontEnd.Key.IsNodePort ? ServiceValue.RejectPort : ServiceValue.Reject,
                            _ => GroupValue(entry, port, fate, Named(fate), used, changes),
                        };

                        string Named(Fate fate) => fate == Fate.Local ? Comment(port, fate) : comment;
                    }
            }
        foreach (var gone in entry.Groups.Count == used.Count ? [] : entry.Groups.Keys.Where(k => !used.Contains(k)).ToArray())
        {
            entry.Groups.Remove(gone, out var group);
            numbers[gone.Family].GiveBack(group!.Id);
        }
    }

    private uint? GroupValue(ServiceEntry entry, PlannedPort port, Fate fate, string comment, List<ServiceEntry.GroupKey> used, ServiceChanges changes)
    {
        var key = new ServiceEntry.GroupKey(port.Family, comment);
        if (!entry.Groups.TryGetValue(key, out var group))
        {
            if (!found.Remove(key, out group))
            {
                if (numbers[port.Family].Take() is not { } id)
                    return null;
                group = new GroupState(id);
            }
            entry.Groups[key] = group;
        }
        if (!used.Contains(key))
        {
            used.Add(key);
            group.Set(port.BackendsOf(fate), port.AffinitySeconds);
        }
        return Modes.NumberOf(group.Mode, changes.NewModes) is { } mode ? ServiceValue.Of(mode, group.Id) : null;
    }

    private static string Comment(PlannedPort port, Fate fate) => fate == Fate.Local ? $"service/{port.Name} local" : $"service/{port.Name}";
}
