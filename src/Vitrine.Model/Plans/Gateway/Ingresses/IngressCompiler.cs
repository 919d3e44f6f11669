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
    private Dictionary<string, IngressPart> parts = [];
    private ClusterSnapshot? last;

    /// <summary>Oldest first: of two that want the same, the first has it.</summary>
    public IngressPart[] Parts { get; private set; } = [];

    public static bool IsOurs(Ingress ingress, ClusterSnapshot snapshot) => snapshot.IngressClasses.GetValueOrDefault(ingress.ClassName)?.Controller == Controller;

    public (ImmutableArray<VirtualHost> Hosts, ImmutableArray<ServerCertificate> Certificates, ImmutableArray<GatewayProblem> Problems) Compile(ClusterSnapshot snapshot)
    {
        if (ReadAll(snapshot))
        {
            Parts = [.. parts.Values];
            Array.Sort(Parts);
        }
        last = snapshot;
        var hosts = assembly.Hosts(Parts);
        return (hosts, [.. Parts.SelectMany(p => p.Certificates)], [.. Parts.SelectMany(p => p.Problems), .. assembly.Problems]);
    }

    /// <returns>true where a part came, went or is another</returns>
    private bool ReadAll(ClusterSnapshot snapshot)
    {
        var referred = last is not null && ReferenceEquals(last.Services, snapshot.Services) && ReferenceEquals(last.Secrets, snapshot.Secrets) && ReferenceEquals(last.ConfigMaps, snapshot.ConfigMaps);
        var (now, changed) = (new Dictionary<string, IngressPart>(parts.Count), false);
        foreach (var (key, ingress) in snapshot.Ingresses)
        {
            if (!IsOurs(ingress, snapshot))
                continue;
            var before = parts.GetValueOrDefault(key);
            var holds = before is not null && before.Ingress.AsksTheSame(ingress) && (referred || before.Lookups.Hold(snapshot));
            now[key] = holds ? before! : IngressReading.Read(ingress, snapshot);
            changed |= !holds;
        }
        changed |= now.Count != parts.Count;
        parts = now;
        return changed;
    }
}
