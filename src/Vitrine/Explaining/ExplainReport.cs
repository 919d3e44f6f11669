using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>What `vitrine explain -o json` prints; docs/explain.md describes it. Fields are added, never renamed.</summary>
internal sealed record ExplainReport
{
    public required string Source { get; init; }

    public string? SourceAddress { get; init; }

    public required string Destination { get; init; }

    public string? DestinationAddress { get; init; }

    public required string Protocol { get; init; }

    public int? Port { get; init; }

    /// <summary>Bytes of the IP packet, null when nobody asked about it.</summary>
    public int? Size { get; init; }

    public required string Verdict { get; init; }

    public required string Why { get; init; }

    public string? Culprit { get; init; }

    public string? Fix { get; init; }

    public string? Command { get; init; }

    /// <summary>How the destination's name was found; empty without a name.</summary>
    public required IReadOnlyList<ReportedHop> Naming { get; init; }

    /// <summary>Endpoints of the Service, those that connections are sent to first; empty without a Service.</summary>
    public required IReadOnlyList<ReportedEndpoint> Endpoints { get; init; }

    /// <summary>The address the packet comes from for whoever takes it; null where it is not known.</summary>
    public string? SeenAs { get; init; }

    public required IReadOnlyList<ReportedHop> Forward { get; init; }

    public required IReadOnlyList<ReportedHop> Reply { get; init; }

    /// <summary>Answers the prediction allows; empty when it allows any.</summary>
    public required IReadOnlyList<string> Expected { get; init; }

    /// <summary>What the gateway does with the request; null for what is no request to it.</summary>
    public WebReport? Web { get; init; }

    /// <summary>From the gateway to a backend; empty where a request goes no further.</summary>
    public IReadOnlyList<ReportedHop> Onward { get; init; } = [];

    /// <summary>Null when no packet was sent.</summary>
    public ReportedProbe? Probe { get; init; }

    /// <summary>Where prediction and observation differ: each a bug in Vitrine.</summary>
    public required IReadOnlyList<string> Disagreements { get; init; }

    /// <summary>What is done by others than Vitrine, and the rules they do it by; empty where Vitrine does it all.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>The files it was answered from, where there was no cluster: all is planned then, nothing read or sent.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>The same, told as an answer from files alone.</summary>
    public ExplainReport From(IReadOnlyList<string> files) => this with
    {
        Files = files, Naming = Planned(Naming), Forward = Planned(Forward), Reply = Planned(Reply), Onward = Planned(Onward),
    };

    private static ReportedHop[] Planned(IReadOnlyList<ReportedHop> hops) => [.. hops.Select(h => h with { Observed = false })];

    public static ExplainReport Of(Explanation explanation, Observed? observed, IReadOnlyList<string> disagreements)
    {
        var question = explanation.Question;
        var deciding = explanation.Deciding;
        if (deciding.Verdict == Model.Explain.Verdict.NotKnown && observed is { Answer: Answer.Answered })
            // What was not known is known now, and nobody's fault.
            deciding = deciding with { Culprit = null, Fix = null, Command = null };
        return new ExplainReport
        {
            Source = question.Source.Object,
            SourceAddress = question.Source.Address?.ToString(),
            Destination = question.Destination.Object,
            DestinationAddress = question.Destination.Address?.ToString(),
            Protocol = question.Transport.ToString().ToLowerInvariant(),
            Port = question.Port == 0 ? null : question.Port,
            Size = question.Size == 0 ? null : question.Size,
            Verdict = explanation.Verdict.ToString(),
            Why = deciding.Why,
            Culprit = deciding.Culprit,
            Fix = deciding.Fix,
            Command = deciding.Command,
            Naming = [.. explanation.Naming.Select(ReportedHop.Of)],
            Endpoints = [.. explanation.Endpoints.Select(e => new ReportedEndpoint(e.EndPoint, e.Object, e.Chosen, e.Why, Outcome(explanation, e.EndPoint)))],
            SeenAs = explanation.SeenAs,
            Forward = [.. explanation.Forward.Hops.Select(ReportedHop.Of)],
            Reply = [.. explanation.Reply?.Hops.Select(ReportedHop.Of) ?? []],
            Expected = [.. explanation.Expected.Select(e => e.ToString())],
            Probe = observed is null ? null : new ReportedProbe(observed.Answer.ToString(), observed.Error, observed.Arrived, observed.EndPoint, observed.Rules),
            Disagreements = disagreements,
        };
    }

    /// <summary>The same with what the gateway does. Where the request fails there, that is what the report is about.</summary>
    public ExplainReport With(WebExplanation web, WebAnswer? answer)
    {
        var request = web.Request;
        var whole = this with { Web = WebReport.Of(request, answer), Onward = [.. web.Onward?.Forward.Hops.Select(ReportedHop.Of) ?? []] };
        if (answer is not null)
            whole = whole with { Disagreements = [.. Disagreements, .. WebReport.Disagreements(request, answer)] };
        if (!request.Good)
            return whole with { Verdict = $"{request.Verdict}", Why = request.Why, Culprit = request.Culprit, Fix = request.Fix, Command = request.Command };
        return web.Trouble is { } trouble
            ? whole with { Verdict = $"{web.Onward!.Verdict}", Why = trouble, Culprit = web.Onward.Deciding.Culprit, Fix = web.Onward.Deciding.Fix, Command = web.Onward.Deciding.Command }
            : whole;
    }

    private static string? Outcome(Explanation explanation, string endPoint) => explanation.Others.Prepend(explanation with { Others = [] }).FirstOrDefault(e => e.EndPoint == endPoint)?.Verdict.ToString();
}

/// <summary>An endpoint of a report; the verdict is null for one that nothing is sent to.</summary>
internal sealed record ReportedEndpoint(string EndPoint, string Object, bool Chosen, string Why, string? Verdict);

/// <summary>A hop of a report; links are null where the packet begins or ends.</summary>
internal sealed record ReportedHop(string Where, string? Input, string? Output, string What, string Object, string? Entry, bool Passed, bool InTunnel, bool Observed, IReadOnlyList<string> Lost)
{
    public static ReportedHop Of(Hop hop) => new(hop.Where, hop.Input, hop.Output, hop.What, hop.Object, hop.Entry, hop.Passed, hop.InTunnel, hop.Observed, hop.Lost);
}

/// <summary>The packet that was really sent.</summary>
internal sealed record ReportedProbe(string Answer, string? Error, bool? Arrived, string? EndPoint, IReadOnlyList<string> Rules);
