namespace Vitrine.Model;

/// <summary>Quality of service of a pod, which decides what the kernel kills first (https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/).</summary>
public static class QualityOfService
{
    /// <summary>What one part of a pod asks for and may have of one resource; 0 where it says nothing.</summary>
    public readonly record struct Bounds(decimal Request, decimal Limit);

    /// <param name="parts">cpu and memory of every container, or of the pod itself where it says so.</param>
    /// <returns>Guaranteed, Burstable or BestEffort.</returns>
    public static string Of(IEnumerable<Bounds> parts)
    {
        var (any, guaranteed) = (false, true);
        foreach (var (request, limit) in parts)
        {
            any |= request > 0 || limit > 0;
            guaranteed &= limit > 0 && request == limit;
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }
}
