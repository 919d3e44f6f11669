using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>A Deployment's conditions in the making. Setting what is so already changes nothing, times included.</summary>
internal sealed class ConditionList(IEnumerable<V1DeploymentCondition>? before, DateTime now)
{
    private readonly List<V1DeploymentCondition> list = [.. before ?? []];

    public V1DeploymentCondition? Get(string type) => list.Find(c => c.Type == type);

    public void Set(string type, string status, string reason, string message)
    {
        if (Get(type) is not { } old || old.Status != status || old.Reason != reason)
        {
            Refresh(type, status, reason, message);
        }
    }

    /// <summary>Sets it anew: lastUpdateTime is now, even where status and reason are the same.</summary>
    public void Refresh(string type, string status, string reason, string message)
    {
        var old = Get(type);
        Remove(type);
        list.Add(new V1DeploymentCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastUpdateTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        });
    }

    public void Remove(string type) => list.RemoveAll(c => c.Type == type);

    public List<V1DeploymentCondition> ToList() => list;
}
