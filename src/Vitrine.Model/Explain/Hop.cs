using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Explain;

/// <summary>One thing that happens to a packet.</summary>
/// <param name="Where">station: "pod/NAMESPACE/NAME", "node/NAME", "host"</param>
/// <param name="What">in a few words</param>
/// <param name="Object">Kubernetes object behind it, as kubectl names it</param>
/// <param name="Entry">the kernel's entry that decides, as ip(8) or nft(8) prints it; null for none</param>
/// <param name="Passed">it goes on from here</param>
public sealed record Hop(string Where, string What, string Object, string? Entry, bool Passed = true)
{
    /// <summary>Link it comes in by; null where the packet begins.</summary>
    public string? Input { get; init; }

    /// <summary>Link it goes out by; null where it ends.</summary>
    public string? Output { get; init; }

    /// <summary>Of the packet's own envelope in a tunnel.</summary>
    public bool InTunnel { get; init; }

    /// <summary>Entries that matched too and lost, each with why.</summary>
    public ImmutableArray<string> Lost { get; init; } = [];

    /// <summary>Read from the kernel rather than planned.</summary>
    public bool Observed { get; init; } = true;

    /// <summary>Where the packet was addressed to when its route was chosen, and from whom; null where no route was.</summary>
    public IPAddress? RoutedTo { get; init; }

    /// <inheritdoc cref="RoutedTo"/>
    public IPAddress? RoutedFrom { get; init; }

    /// <summary>Both links, with an arrow between.</summary>
    public string Interface => Input is null ? Output ?? "" : Output is null ? Input : $"{Input} → {Output}";
}
