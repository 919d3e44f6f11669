using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Services;

/// <summary>Why a Service has no endpoint at a port: the object, the field, the smallest change.</summary>
public static class EndpointFault
{
    /// <param name="scene">the cluster</param>
    /// <param name="service">that has no endpoint</param>
    /// <param name="port">of it</param>
    public static Leg Of(Scene scene, Service service, ServicePort port)
    {
        var leg = new Leg([], Verdict.Refused) { Culprit = $"service/{service.Key}", Told = [Answer.Refused] };
        if (service.Selector.IsEmpty)
            return leg with
            {
                Why = $"service/{service.Key} has no selector, and no EndpointSlice names an endpoint for it", Fix = $"give it a selector, or write an EndpointSlice with the label kubernetes.io/service-name: {service.Name}",
                Command = $"kubectl get endpointslices -n {service.Namespace} -l kubernetes.io/service-name={service.Name}",
            };
        var pods = scene.Snapshot.Pods.Values.Where(p => p.Namespace == service.Namespace && !p.Finished && SelectorFault.Matches(service.Selector, p.Labels)).OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        if (pods.Length == 0)
            return SelectorFault.Of(scene, service, leg);
        if (!int.TryParse(port.TargetPort, out _) && !pods.Any(p => p.Ports.Any(c => c.Name == port.TargetPort && c.Protocol == port.Protocol)))
            return NoSuchPort(service, port, pods, leg);
        if (pods.All(p => !p.Ready || p.Terminating))
            return NotReady(scene, service, pods, leg);
        return leg with
        {
            Why = $"service/{service.Key} selects {pods.Length} pods, some of them ready, and no EndpointSlice of this address family lists one: the controller has not caught up, or somebody else writes them",
            Fix = "look at its EndpointSlices, and whether the control plane runs", Command = $"kubectl get endpointslices -n {service.Namespace} -l kubernetes.io/service-name={service.Name} -o yaml",
        };
    }

    private static Leg NoSuchPort(Service service, ServicePort port, Pod[] pods, Leg leg)
    {
        var index = service.Ports.IndexOf(port);
        var names = pods.SelectMany(p => p.Ports).Where(p => p.Protocol == port.Protocol).ToArray();
        var meant = Nearest.To(port.TargetPort, names.Select(n => n.Name).Where(n => n.Length > 0).Distinct());
        var value = meant is not null ? $"\"{meant}\"" : names.Select(n => n.Port).Distinct().ToArray() is [var only] ? $"{only}" : null;
        return leg with
        {
            Why = $"spec.ports[{index}].targetPort of service/{service.Key} is the name \"{port.TargetPort}\", and no container of its pods has a {port.Protocol} port of that name; they have {(names.Length == 0 ? "none at all" : string.Join(", ", names.Select(n => n.Name.Length > 0 ? $"{n.Name} ({n.Port})" : $"{n.Port} without a name").Distinct()))}",
            Fix = value is null ? $"name the container's port \"{port.TargetPort}\" in {Place.Pod(pods[0].Key)}'s template, or give targetPort as a number" : $"set spec.ports[{index}].targetPort of service/{service.Key} to {value}",
            Command = value is null ? $"kubectl get pod {pods[0].Name} -n {pods[0].Namespace} -o jsonpath='{{.spec.containers[*].ports}}'"
                : $"kubectl patch service {service.Name} -n {service.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":{value}}}]'",
        };
    }

    private static Leg NotReady(Scene scene, Service service, Pod[] pods, Leg leg)
    {
        var pod = pods.OrderBy(p => p.Terminating).First();
        var says = scene.Observations.PodTroubles.TryGetValue(pod.Key, out var trouble) ? trouble : pod.Terminating ? "it is being deleted" : $"phase {pod.Phase}";
        return leg with
        {
            Culprit = Place.Pod(pod.Key), Why = $"service/{service.Key} has no endpoint that is ready: {(pods.Length == 1 ? $"its one pod, {Place.Pod(pod.Key)}, is not ready" : $"none of its {pods.Length} pods is ready, {Place.Pod(pod.Key)} for one")} ({says})",
            Fix = "let its readiness probe succeed, or mend the probe", Command = $"kubectl describe pod {pod.Name} -n {pod.Namespace}",
        };
    }
}
