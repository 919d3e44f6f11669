using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Services;

/// <summary>Why a name leads nowhere, and what may have been meant.</summary>
internal static class NameFault
{
    /// <param name="scene">the cluster</param>
    /// <param name="plan">its zone</param>
    /// <param name="name">as it was asked for, without a final dot</param>
    /// <param name="ns">the namespace of whoever asks; null outside of pods</param>
    internal static Leg Of(Scene scene, DnsPlan plan, string name, string? ns)
    {
        var leg = new Leg([], Verdict.NoSuchName, $"there is no name {name}") { Told = [], Fix = "ask for the name of a Service: NAME, NAME.NAMESPACE or the whole", Command = "kubectl get services -A" };
        var labels = name.Split('.');
        var services = scene.Snapshot.Services.Values.OrderBy(s => s.Key, StringComparer.Ordinal).ToArray();
        if (labels.Length > 2 && !plan.Covers(name) && labels[2] != "svc")
            return leg with { Why = $"{name} is no name of the cluster; whether others know it is not known", Verdict = Verdict.LeavesCluster, Fix = null, Command = null };
        var (wanted, space) = (labels[0], labels.Length > 1 ? labels[1] : ns ?? "default");
        if (services.FirstOrDefault(s => s.Name == wanted && s.Namespace == space) is { } there)
            return Empty(there, name, leg);
        if (labels.Length == 1 && services.FirstOrDefault(s => s.Name == wanted) is { } elsewhere)
            return leg with
            {
                Why = $"there is no service/{space}/{wanted}; a short name is looked for in the asker's own namespace, {space}, and the Service is in {elsewhere.Namespace}",
                Culprit = $"service/{space}/{wanted}", Fix = $"ask for {wanted}.{elsewhere.Namespace}", Command = null,
            };
        var near = Nearest.To(wanted, services.Where(s => s.Namespace == space).Select(s => s.Name))
            is { } misspelt ? $"{misspelt}{(labels.Length > 1 ? $".{space}" : "")}" : null;
        if (near is null && labels.Length > 1)
            near = services.Where(s => s.Name == wanted).Select(s => s.Namespace).ToArray() is { Length: > 0 } spaces ? $"{wanted}.{Nearest.To(space, spaces) ?? spaces[0]}" : null;
        return leg with
        {
            Why = $"there is no service/{space}/{wanted}{(scene.Snapshot.Namespaces.ContainsKey(space) || scene.Snapshot.Namespaces.IsEmpty ? "" : $", nor a namespace {space}")}",
            Culprit = $"service/{space}/{wanted}", Fix = near is null ? leg.Fix : $"ask for {near}", Command = near is null ? $"kubectl get services -n {space}" : null,
        };
    }

    /// <summary>A headless Service without a ready endpoint has no name.</summary>
    private static Leg Empty(Service service, string name, Leg leg) => leg with
    {
        Why = service.Headless
            ? $"service/{service.Key} is headless, so {name} stands for its endpoints, and it has none that is ready"
            : $"service/{service.Key} has no record under {name}",
        Culprit = $"service/{service.Key}", Fix = service.Headless ? "let one of its pods become ready" : "ask for the name of the Service itself",
        Command = $"kubectl get endpointslices -n {service.Namespace} -l kubernetes.io/service-name={service.Name}",
    };
}
