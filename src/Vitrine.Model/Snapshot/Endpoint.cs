using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>One of an EndpointSlice's endpoints.</summary>
public sealed record Endpoint
{
    /// <summary>addresses[0]; the others mean nothing (discovery/v1).</summary>
    public required IPAddress Address { get; init; }

    /// <summary>conditions.ready; unset is true.</summary>
    public bool Ready { get; init; } = true;

    /// <summary>conditions.serving; unset is as ready. A terminating endpoint that still answers is serving.</summary>
    public bool Serving { get; init; } = true;

    public bool Terminating { get; init; }

    /// <summary>Its own DNS label under a headless Service, or empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Empty where it is not known.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Empty where it is not known.</summary>
    public string Zone { get; init; } = "";

    /// <summary>namespace/name of the pod behind it, or empty.</summary>
    public string Pod { get; init; } = "";

    /// <summary>hints.forZones.</summary>
    public ImmutableArray<string> ZoneHints { get; init; } = [];

    /// <summary>hints.forNodes.</summary>
    public ImmutableArray<string> NodeHints { get; init; } = [];
}
