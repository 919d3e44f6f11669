using System.Text;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Model.Plans;

/// <summary>A policy plan for people and for golden tests: pods, the isolations they share, and who is in the groups of those.</summary>
internal static class PolicyPlanText
{
    internal static string Write(PolicyPlan plan)
    {
        var text = new StringBuilder($"node {plan.NodeName}\n");
        foreach (var range in plan.OwnPods)
            text.Append($"pods {range}\n");
        var numbers = new Dictionary<Isolation, int>();
        foreach (var pod in plan.Pods.Values.OrderBy(p => p.Pod, StringComparer.Ordinal))
            text.Append($"pod {pod.Pod} ingress {Name(pod.Ingress)} egress {Name(pod.Egress)}\n");
        foreach (var (isolation, number) in numbers.OrderBy(n => n.Value))
            Write(text, isolation, number);
        foreach (var group in plan.Groups.Values.Where(g => !g.Everybody).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append($"group {group.Key}\n");
            foreach (var (address, owner) in group.Pods.OrderBy(p => p.Value, StringComparer.Ordinal).ThenBy(p => p.Key.ToString(), StringComparer.Ordinal))
                text.Append($"  {address} # {owner}\n");
            foreach (var block in group.Blocks)
                text.Append($"  {block}\n");
        }
        return text.ToString();

        string Name(Isolation isolation)
        {
            if (isolation.IsOpen)
                return "open";
            if (!numbers.TryGetValue(isolation, out var number))
                numbers.Add(isolation, number = numbers.Count + 1);
            return $"#{number}";
        }
    }

    private static void Write(StringBuilder text, Isolation isolation, int number)
    {
        text.Append($"#{number} {string.Join(' ', isolation.Policies)}\n");
        foreach (var ports in isolation.Ports)
            Write(text, $"{ServiceProtocol.Name(ports.Protocol)} {(ports.First == ports.Last ? $"{ports.First}" : $"{ports.First}-{ports.Last}")}", ports.Ladder);
        Write(text, "otherwise", isolation.Otherwise);
    }

    private static void Write(StringBuilder text, string ports, Ladder ladder)
    {
        text.Append($"  {ports}\n");
        foreach (var step in ladder.Admin)
            Write(text, step.Action == StepAction.Pass ? "pass" : $"admin {Name(step.Action)}", step);
        foreach (var step in ladder.Rest)
            Write(text, Name(step.Action), step);
        text.Append($"    {(ladder.AllowsRest ? "allow" : "deny")} the rest\n");
    }

    private static void Write(StringBuilder text, string action, LadderStep step) => text.Append($"    {action} {step.Group} # {string.Join("; ", step.Rules.Select(r => r.Source))}\n");

    private static string Name(StepAction action) => action == StepAction.Deny ? "deny" : "allow";
}
