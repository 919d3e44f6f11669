using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>What kubectl prints of pods. Source: printPod of pkg/printers/internalversion.</summary>
internal static class PodTable
{
    private const string None = "<none>";

    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Ready", "The aggregate readiness state of this pod for accepting traffic."),
        new("Status", "The aggregate status of the containers in this pod."),
        new("Restarts", "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."),
        TableColumn.Age,
        new("IP", "IP address allocated to the pod.", 1),
        new("Node", "NodeName indicates in which node this pod is scheduled.", 1),
        new("Nominated Node", "The node that preemption has reserved for this pod.", 1),
        new("Readiness Gates", "If specified, all readiness gates will be evaluated for pod readiness.", 1),
    ],
    Row);

    private static TableCell[] Row(JsonObject pod, DateTimeOffset now)
    {
        var state = PodState.Of(pod);
        var restarts = state.Restarts.ToString(CultureInfo.InvariantCulture);
        if (state.Restarts > 0 && state.LastRestart is { } last)
        {
            restarts += $" ({Ages.Since(last, now)} ago)";
        }
        var status = pod["status"];
        var address = status.Objects("podIPs").FirstOrDefault().Text("ip");
        return
        [
            Ages.NameOf(pod),
            $"{state.Ready}/{state.Total}",
            state.Reason,
            restarts,
            Ages.Of(pod, now),
            OrNone(address.Length > 0 ? address : status.Text("podIP")),
            OrNone(pod["spec"].Text("nodeName")),
            OrNone(status.Text("nominatedNodeName")),
            Gates(pod),
        ];
    }

    private static string OrNone(string text) => text.Length > 0 ? text : None;

    private static string Gates(JsonObject pod)
    {
        var gates = pod["spec"].Objects("readinessGates").Select(g => g.Text("conditionType")).ToArray();
        var met = pod["status"].Objects("conditions").Count(c => c.Text("status") == "True" && gates.Contains(c.Text("type")));
        return gates.Length == 0 ? None : $"{met}/{gates.Length}";
    }
}
