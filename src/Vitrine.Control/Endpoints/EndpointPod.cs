using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Endpoints;

/// <summary>A pod as the one who lists endpoints sees it.</summary>
internal sealed record EndpointPod
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>status.podIPs as written.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public string NodeName { get; init; } = "";

    public bool Ready { get; init; }

    public bool Terminating { get; init; }

    /// <summary>Phase Succeeded or Failed.</summary>
    public bool Finished { get; init; }

    public string Hostname { get; init; } = "";

    public string Subdomain { get; init; } = "";

    /// <summary>Ports with a name, of all containers that go on running.</summary>
    public ImmutableArray<(string Name, string Protocol, int Port)> NamedPorts { get; init; } = [];

    public string Key => $"{Namespace}/{Name}";

    /// <summary>It has an address and will not end by itself. Source: ShouldPodBeInEndpoints of pkg/controller/util/endpoint.</summary>
    public bool IsEndpoint(bool terminatingToo) => !Finished && !Addresses.IsEmpty && (terminatingToo || !Terminating);

    public IEnumerable<string> AddressesOf(string family) => Addresses.Where(a => FamilyOf(a) == family);

    public static string FamilyOf(string address) =>
        IPAddress.TryParse(address, out var parsed) ? parsed.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4" : "";

    public static EndpointPod Read(V1Pod pod) => new()
    {
        Namespace = pod.Metadata.NamespaceProperty,
        Name = pod.Metadata.Name,
        Uid = pod.Metadata.Uid,
        Labels = pod.Metadata.Labels?.AsReadOnly() ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty,
        Addresses = pod.Status?.PodIPs is { Count: > 0 } many ? [.. many.Select(p => p.Ip)] : pod.Status?.PodIP is { Length: > 0 } one ? [one] : [],
        NodeName = pod.Spec.NodeName ?? "",
        Ready = pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
        Terminating = pod.Metadata.DeletionTimestamp is not null,
        Finished = pod.Status?.Phase is "Succeeded" or "Failed",
        Hostname = pod.Spec.Hostname ?? "",
        Subdomain = pod.Spec.Subdomain ?? "",
        NamedPorts = [.. SnapshotReader.LongRunning(pod.Spec).SelectMany(c => c.Ports ?? []).Where(p => !string.IsNullOrEmpty(p.Name)).Select(p => (p.Name, p.Protocol ?? "TCP", p.ContainerPort))],
    };

    /// <summary>True when both say the same of everything but labels.</summary>
    public bool SameEndpoint(EndpointPod other) => Uid == other.Uid && NodeName == other.NodeName && Ready == other.Ready && Terminating == other.Terminating
        && Finished == other.Finished && Hostname == other.Hostname && Subdomain == other.Subdomain && Addresses.SequenceEqual(other.Addresses) && NamedPorts.SequenceEqual(other.NamedPorts);
}
