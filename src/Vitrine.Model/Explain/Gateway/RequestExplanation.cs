using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Explain.Gateway;

/// <summary>What becomes of a request, why, and what would mend it.</summary>
/// <param name="Request">the request</param>
/// <param name="Listener">it arrives at</param>
/// <param name="Verdict">how it ends</param>
public sealed record RequestExplanation(AskedRequest Request, PlannedListener Listener, RequestVerdict Verdict)
{
    /// <summary>Shown to the client; null without TLS, or where there is none.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>It takes the request; null where none does.</summary>
    public RouteRule? Rule { get; init; }

    /// <summary>The others, with what did not fit; those of the same host first.</summary>
    public ImmutableArray<RuleVerdict> Lost { get; init; } = [];

    /// <summary>What is done to the request and its answer, in words.</summary>
    public ImmutableArray<string> Filters { get; init; } = [];

    /// <summary>Where it may go; one of them by weight.</summary>
    public ImmutableArray<WeightedBackend> Backends { get; init; } = [];

    /// <summary>Those of <see cref="Backends"/> that are somewhere.</summary>
    public ImmutableArray<Upstream> Upstreams { get; init; } = [];

    /// <summary>Statuses the gateway itself may answer with; 0 stands for whatever a backend says.</summary>
    public ImmutableArray<int> Statuses { get; init; } = [];

    /// <summary>A sentence; empty where all is well.</summary>
    public string Why { get; init; } = "";

    /// <summary>The object at fault, as kubectl names it.</summary>
    public string? Culprit { get; init; }

    /// <summary>The smallest change that mends it, in words.</summary>
    public string? Fix { get; init; }

    /// <summary>The same as a command.</summary>
    public string? Command { get; init; }

    public bool Good => Verdict is RequestVerdict.Forwarded or RequestVerdict.Answered;
}
