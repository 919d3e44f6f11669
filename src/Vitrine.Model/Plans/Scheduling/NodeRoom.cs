using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Scheduling;

/// <summary>A node while a plan is made: what is left of it.</summary>
internal sealed class NodeRoom(Node node)
{
    /// <summary>What a pod that asks for nothing counts in scores (upstream's DefaultMilliCPURequest, DefaultMemoryRequest).</summary>
    private static readonly Resources Unasked = new(new Quantity(100), new Quantity(200L * 1024 * 1024 * 1000));

    public Node Node { get; } = node;

    public List<Pod> Pods { get; } = [];

    public Resources Used { get; private set; }

    /// <summary>The same with every pod counted as if it asked for something.</summary>
    public Resources Weighed { get; private set; }

    public static Resources Weigh(Pod pod) => new(
        pod.Requests.Cpu == Quantity.Zero ? Unasked.Cpu : pod.Requests.Cpu,
        pod.Requests.Memory == Quantity.Zero ? Unasked.Memory : pod.Requests.Memory);

    public void Add(Pod pod)
    {
        Pods.Add(pod);
        Used += pod.Requests;
        Weighed += Weigh(pod);
    }

    public void Remove(Pod pod)
    {
        Pods.Remove(pod);
        Used = new Resources(Used.Cpu - pod.Requests.Cpu, Used.Memory - pod.Requests.Memory);
        var weight = Weigh(pod);
        Weighed = new Resources(Weighed.Cpu - weight.Cpu, Weighed.Memory - weight.Memory);
    }

    /// <summary>What the node has too little of for a pod.</summary>
    public IEnumerable<string> Lacks(Pod pod)
    {
        if (Pods.Count + 1 > Node.Pods)
        {
            yield return "Too many pods";
        }

        if (pod.Requests.Cpu > Quantity.Zero && Used.Cpu + pod.Requests.Cpu > Node.Allocatable.Cpu)
        {
            yield return "Insufficient cpu";
        }

        if (pod.Requests.Memory > Quantity.Zero && Used.Memory + pod.Requests.Memory > Node.Allocatable.Memory)
        {
            yield return "Insufficient memory";
        }
    }

    public bool HasPortsFor(Pod pod)
    {
        if (pod.Scheduling is not { HostPorts: { IsEmpty: false } wanted })
        {
            return true;
        }

        foreach (var other in Pods)
        {
            if (other.Scheduling is { HostPorts: { IsEmpty: false } taken } && taken.Any(t => wanted.Any(w => w.Clashes(t))))
            {
                return false;
            }
        }

        return true;
    }
}
