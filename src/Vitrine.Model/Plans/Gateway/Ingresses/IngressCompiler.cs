using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// All Ingresses of our classes → hosts, certificates, problems. It remembers what it made: an Ingress is read again when it or something it refers to
/// is another, a host is put together again when one of its Ingresses is.
/// </summary>
internal sealed class IngressCompiler
{
    /// <summary>spec.controller of the classes that are ours.</summary>
    public const string Controller = "vitrine.dev/ingress";

    private readonly HostAssembly assembly = new();
    private readonly Dictionary<string, IngressPart> parts = [];
    private ClusterSnapshot? last;

    /// <summary>Oldest first: of two that want the same, the first has it.</summary>
    public IngressPart[] Parts { get; private set; } = [];

    public static bool IsOurs(Ingress ingress, ClusterSnapshot snapshot) => snapshot.IngressClasses.GetValueOrDefault(ingress.ClassName)?.Controller == Controller;

    public (ImmutableArray<VirtualHost> Hosts, ImmutableArray<ServerCertificate> Certificates, ImmutableArray<GatewayProblem> Problems) Compile(ClusterSnapshot snapshot)
    {
        var changes = ReadAll(snapshot);
        Parts = changes.After(Parts);
        var hosts = assembly.Hosts(Parts, last is null ? null : changes);
        last = snapshot;
        return (hosts, [.. Parts.Where(p => p.Certificates.Count > 0).SelectMany(p => p.Certificates)], [.. Parts.Where(p => p.Problems.Count > 0).SelectMany(p => p.Problems), .. assembly.Problems]);
    }

    private PartChanges ReadAll(ClusterSnapshot snapshot)
    {
        var referred = last is not null && ReferenceEquals(last.Services, snapshot.Services) && ReferenceEquals(last.Secrets, snapshot.Secrets) && ReferenceEquals(last.ConfigMaps, snapshot.ConfigMaps);
        var (gone, came, held) = (new List<IngressPart>(), new List<IngressPart>(), 0);
        foreach (var (key, ingress) in snapshot.Ingresses)
        {
            if (!IsOurs(ingress, snapshot))
                continue;
            held++;
            if (parts.TryGetValue(key, out var before))
            {
                if (before.IsOf(ingress) && (referred || before.Lookups.Hold(snapshot)))
                    continue;
                gone.Add(before);
            }
            came.Add(parts[key] = IngressReading.Read(ingress, snapshot));
        }
        if (held < parts.Count)
            foreach (var (key, part) in parts.Where(p => !snapshot.Ingresses.TryGetValue(p.Key, out var there) || !IsOurs(there, snapshot)).ToArray())
            {
                parts.Remove(key);
                gone.Add(part);
            }
        return new PartChanges(gone, came);
    }
}
