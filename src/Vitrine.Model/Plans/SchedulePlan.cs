using System.Collections.Immutable;
using Vitrine.Model.Plans.Scheduling;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>A pod goes to a node.</summary>
public sealed record PodBinding(Pod Pod, string NodeName);

/// <summary>A pod fits nowhere; the message says, node by node counted, why — in the words kube-scheduler uses.</summary>
public sealed record UnschedulablePod(Pod Pod, string Message);

/// <summary>What scheduling looks at beyond nodes and pods.</summary>
public sealed record ScheduleInputs
{
    public static readonly ScheduleInputs None = new();

    public ImmutableArray<DisruptionBudget> Budgets { get; init; } = [];

    /// <summary>Labels of a namespace, for namespaceSelector.</summary>
    public Func<string, IDictionary<string, string>> NamespaceLabels { get; init; } = static _ => ImmutableDictionary<string, string>.Empty;
}

/// <summary>
/// Where every unscheduled pod goes, the more important and older ones first: filter the nodes, take the best, count the pod as
/// placed for the next. A pod that fits nowhere may push out less important ones.
/// </summary>
public sealed record SchedulePlan(ImmutableArray<PodBinding> Bindings, ImmutableArray<UnschedulablePod> Unschedulable, ImmutableArray<Preemption> Preemptions)
{
    public const string SchedulerName = "default-scheduler";

    /// <summary>Pure: the same snapshot gives the same plan.</summary>
    public static SchedulePlan Compile(ClusterSnapshot snapshot, ScheduleInputs? inputs = null) => new Run(snapshot, inputs ?? ScheduleInputs.None).Compile();

    private static IEnumerable<Pod> Waiting(ClusterSnapshot snapshot) => snapshot.Pods.Values
        .Where(p => p is { NodeName: null, Terminating: false, Finished: false, SchedulerName: SchedulerName } && p.Scheduling is not { Gates.IsEmpty: false })
        .OrderByDescending(p => p.Priority).ThenBy(p => p.Created).ThenBy(p => p.Key, StringComparer.Ordinal);

    private sealed class Run
    {
        private readonly ClusterSnapshot snapshot;
        private readonly ScheduleInputs inputs;
        private readonly NodeRoom[] rooms;
        private readonly Dictionary<(string Owner, string Node), int> siblings = [];
        private readonly ImmutableArray<PodBinding>.Builder bindings = ImmutableArray.CreateBuilder<PodBinding>();
        private readonly ImmutableArray<UnschedulablePod>.Builder unschedulable = ImmutableArray.CreateBuilder<UnschedulablePod>();
        private readonly ImmutableArray<Preemption>.Builder preemptions = ImmutableArray.CreateBuilder<Preemption>();
        private bool anyAntiAffinity;
        private int lowest = int.MaxValue;

        public Run(ClusterSnapshot snapshot, ScheduleInputs inputs)
        {
            (this.snapshot, this.inputs) = (snapshot, inputs);
            rooms = [.. snapshot.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => new NodeRoom(n))];
            var byName = rooms.ToDictionary(r => r.Node.Name);
            foreach (var pod in snapshot.Pods.Values)
            {
                if (pod is { NodeName: { } on, Finished: false } && byName.TryGetValue(on, out var room))
                {
                    Place(pod, room);
                }
            }
        }

        public SchedulePlan Compile()
        {
            foreach (var pod in Waiting(snapshot))
            {
                Schedule(pod);
            }

            return new SchedulePlan(bindings.ToImmutable(), unschedulable.ToImmutable(), preemptions.ToImmutable());
        }

        private void Schedule(Pod pod)
        {
            var placement = Look(pod);
            var reasons = new Dictionary<string, int>();
            var fitting = new List<NodeRoom>();
            var resolvable = new List<NodeRoom>();
            foreach (var room in rooms)
            {
                var objections = placement.Objections(room, out var helps);
                if (objections.Count == 0)
                {
                    fitting.Add(room);
                }
                else if (helps)
                {
                    resolvable.Add(room);
                }

                foreach (var objection in objections)
                {
                    reasons[objection] = reasons.GetValueOrDefault(objection) + 1;
                }
            }

            if (fitting.Count == 0)
            {
                var preemption = Preempt(pod, resolvable) is { } said ? $" preemption: {said}" : "";
                unschedulable.Add(new UnschedulablePod(pod, rooms.Length == 0
                    ? "no nodes available to schedule pods"
                    : $"0/{rooms.Length} nodes are available: {Counted(reasons)}.{preemption}"));
                return;
            }

            var chosen = fitting.Find(r => r.Node.Name == pod.Scheduling?.NominatedNode)
                ?? PlacementScore.Best(pod, fitting, rooms, inputs.NamespaceLabels, n => siblings.GetValueOrDefault((pod.Owner ?? "", n.Name)));
            Place(pod, chosen);
            bindings.Add(new PodBinding(pod, chosen.Node.Name));
        }

        /// <summary>Makes room if it can (then null), or why it does not.</summary>
        private string? Preempt(Pod pod, List<NodeRoom> resolvable)
        {
            if (pod.Scheduling is { NeverPreempts: true })
            {
                return "not eligible due to preemptionPolicy=Never.";
            }

            if (pod.Scheduling?.NominatedNode is { } nominated && Array.Find(rooms, r => r.Node.Name == nominated) is { } waited && waited.Pods.Exists(p => p.Terminating && p.Priority < pod.Priority))
            {
                // Victims are still leaving: what they leave is kept for this pod.
                Place(pod, waited);
                return "not eligible due to a terminating pod on the nominated node.";
            }

            if (lowest < pod.Priority && PreemptionPlan.Compile(pod, resolvable, r => Look(pod).Objections(r, out _).Count == 0, inputs.Budgets) is { } found)
            {
                preemptions.Add(found);
                var room = Array.Find(rooms, r => r.Node.Name == found.NodeName)!;
                foreach (var victim in found.Victims)
                {
                    room.Remove(victim);
                }

                Place(pod, room);
                return null;
            }

            var counts = new Dictionary<string, int>
            {
                ["No preemption victims found for incoming pod"] = resolvable.Count,
                ["Preemption is not helpful for scheduling"] = rooms.Length - resolvable.Count,
            };
            return $"0/{rooms.Length} nodes are available: {Counted(counts)}.";
        }

        private Placement Look(Pod pod) => new(pod, rooms, anyAntiAffinity, inputs.NamespaceLabels);

        private void Place(Pod pod, NodeRoom room)
        {
            room.Add(pod);
            anyAntiAffinity |= pod.Scheduling is { AntiAffinity.IsEmpty: false };
            lowest = Math.Min(lowest, pod.Priority);
            if (pod.Owner is { } owner)
            {
                siblings[(owner, room.Node.Name)] = siblings.GetValueOrDefault((owner, room.Node.Name)) + 1;
            }
        }

        private static string Counted(Dictionary<string, int> reasons) =>
            string.Join(", ", reasons.Where(r => r.Value > 0).Select(r => $"{r.Value} {r.Key}").Order(StringComparer.Ordinal));
    }
}
