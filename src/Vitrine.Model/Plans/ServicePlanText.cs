using System.Text;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Model.Plans;

/// <summary>A service plan for people and for golden tests: one front end a line with the object it comes from, and its endpoints below.</summary>
internal static class ServicePlanText
{
    internal static string Write(ServicePlan plan)
    {
        var text = new StringBuilder($"node {plan.Here.Node}{(plan.Here.Zone.Length > 0 ? $" zone {plan.Here.Zone}" : "")}\n");
        foreach (var range in plan.AllPods)
            text.Append($"pods {range}{(plan.OwnPods.Contains(range) ? " own" : "")}\n");
        foreach (var key in plan.Claims.Keys.Order())
        {
            var (port, frontEnd) = plan.OwnerOf(key)!.FrontEnds.First(f => f.FrontEnd.Key == key);
            text.Append($"{frontEnd.Kind} {key}{(port.AffinitySeconds > 0 ? $" affinity {port.AffinitySeconds}s" : "")}{(frontEnd.Sources is { } sources ? $" only from {(sources.IsEmpty ? "nowhere" : string.Join(' ', sources))}" : "")} # service/{port.Name}\n");
            if (frontEnd.Inside == frontEnd.Outside)
                Write(text, "", port, frontEnd.Inside);
            else
            {
                Write(text, "inside ", port, frontEnd.Inside);
                Write(text, "outside ", port, frontEnd.Outside);
            }
        }
        foreach (var address in plan.Announced)
            text.Append($"answers for {address}\n");
        foreach (var health in plan.Health)
            text.Append($"health *:{health.NodePort} local endpoints {health.LocalEndpoints} # service/{health.Service}\n");
        foreach (var refusal in plan.Refusals)
            text.Append($"refused {refusal}\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, string whose, PlannedPort port, Fate fate)
    {
        if (fate is Fate.Reject or Fate.Drop)
            text.Append($"  {whose}{(fate == Fate.Drop ? "drop: no endpoint on this node" : "reject: no endpoint")}\n");
        foreach (var backend in port.BackendsOf(fate))
            text.Append($"  {whose}{backend.EndPoint}{(backend.Local ? " local" : "")} # endpointslice/{backend.Slice}{(backend.Pod.Length > 0 ? $" pod/{backend.Pod}" : "")}\n");
    }
}
