using Vitrine.Model.Explain;
using Vitrine.Verbs;

namespace Vitrine.Explaining;

/// <summary>A report for people: a line a hop, then how it ends, why, and what mends it.</summary>
internal static class ExplainText
{
    public static void Print(TextWriter output, ExplainReport report)
    {
        output.WriteLine($"{Named(report.Source, report.SourceAddress)} → {Named(report.Destination, report.DestinationAddress)}{(report.Port is { } port ? $" port {port}" : "")}, {report.Protocol.ToUpperInvariant()}{(report.Size is { } size ? $", {size} bytes" : "")}");
        output.WriteLine();
        if (report.Naming.Count > 0)
            Print(output, "THE NAME", report.Naming);
        Print(output, "THE WAY THERE", report.Forward);
        if (report.Endpoints.Count > 0)
            Print(output, report.Endpoints);
        if (report.Web is { } web)
            WebText.Print(output, web);
        if (report.Onward.Count > 0)
            Print(output, "FROM THE GATEWAY", report.Onward);
        if (report.Reply.Count > 0)
            Print(output, "THE WAY BACK", report.Reply);
        output.WriteLine($"verdict: {(Good(report) ? "✓" : "✗")} {report.Verdict}");
        Line("seen as", report.SeenAs);
        Line("why", report.Why);
        Line("culprit", report.Culprit);
        Line("fix", report.Fix);
        Line("command", report.Command);
        if (report.Probe is { } probe)
            Line("probe", $"{probe.Answer}{(probe.Error is null ? "" : $" ({probe.Error})")}{(probe.Arrived is { } arrived ? arrived ? $"; the packet was seen to arrive{(probe.EndPoint is null ? "" : $" at {probe.EndPoint}")}" : "; no packet was seen to arrive" : "")}");
        if (report.Web is { Status: { } status })
            Line("answer", $"{status}");
        if (report.Files is { } files)
            Line("planned", $"from {string.Join(", ", files.Select(f => f == "-" ? "standard input" : f))} alone: nothing was read of a cluster, and nothing sent");
        foreach (var other in report.Others)
            Line("others", other);
        foreach (var rule in report.Probe?.Rules ?? [])
            Line("rule met", rule);
        foreach (var disagreement in report.Disagreements)
            output.WriteLine($"DISAGREEMENT: this is a bug in Vitrine: {disagreement}");

        void Line(string name, string? text)
        {
            if (text is { Length: > 0 })
                output.WriteLine($"{name + ":",-8} {text}");
        }
    }

    private static void Print(TextWriter output, string title, IReadOnlyList<ReportedHop> hops)
    {
        var table = new TextTable("", title, "INTERFACE", "WHAT HAPPENS", "KERNEL ENTRY", "OBJECT");
        foreach (var hop in hops)
        {
            table.Add(hop.Passed ? "✓" : "✗", (hop.InTunnel ? "· " : "") + hop.Where, Interface(hop), hop.What, hop.Entry + (hop is { Observed: false, Entry: not null } ? " (planned)" : ""), hop.Object);
            foreach (var lost in hop.Lost)
                table.Add("", "", "", "  not taken", lost, "");
        }
        table.Print(output);
        output.WriteLine();
    }

    private static void Print(TextWriter output, IReadOnlyList<ReportedEndpoint> endpoints)
    {
        var table = new TextTable("", "ENDPOINT", "OBJECT", "WHY", "VERDICT");
        foreach (var endpoint in endpoints)
            table.Add(endpoint.Chosen ? "✓" : "–", endpoint.EndPoint, endpoint.Object, endpoint.Why, endpoint.Verdict ?? "not used");
        table.Print(output);
        output.WriteLine();
    }

    /// <summary>The packet gets there, as far as we can see.</summary>
    public static bool Good(ExplainReport report) => report.Verdict is nameof(Verdict.Delivered)
        || (report.Verdict is nameof(Verdict.LeavesCluster) or nameof(Verdict.NotKnown) && report.Probe is null or { Answer: nameof(Answer.Answered) } && (report.Verdict == nameof(Verdict.LeavesCluster) || report.Culprit is null));

    private static string Interface(ReportedHop hop) => hop.Input is null ? hop.Output ?? "" : hop.Output is null ? hop.Input : $"{hop.Input} → {hop.Output}";

    private static string Named(string name, string? address) => address is null || address == name ? name : $"{name} ({address})";
}
