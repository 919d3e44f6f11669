using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>Ends of a question that are not there, and so need no walk.</summary>
internal static class Presence
{
    internal static Leg? Missing(Scene scene, Question question) =>
        Missing(scene, question.Source) ?? Missing(scene, question.Destination)
        ?? (question.Source.Address is { } from && question.Destination.Address is { } to && from.AddressFamily != to.AddressFamily
            ? Gone(question.Destination.Object, $"{question.Source.Object} and {question.Destination.Object} have no address of the same family", "ask with --ip-family for a family that both have") : null);

    private static Leg? Missing(Scene scene, Place place)
    {
        if (place.PodKey is { } key)
            return scene.Snapshot.Pods.TryGetValue(key, out var pod) ? MissingPod(scene, pod, place) : Gone(place.Object, $"there is no {place.Object}", "look for it: kubectl get pods -A");
        if (place.ServiceKey is { } service && place.Address is null)
            return !scene.Snapshot.Services.TryGetValue(service, out var found)
                ? Gone(place.Object, $"there is no {place.Object}", "look for it: kubectl get services -A")
                : Gone(place.Object, found.Headless ? $"{place.Object} is headless: it has no address of its own, only its endpoints have" : $"{place.Object} has no address{(found.ClusterIPs.IsEmpty ? "" : " of this family")}",
                    found.Headless ? "ask for its name, or for one of its pods" : "see its spec.clusterIPs and spec.ipFamilies", $"kubectl get service {found.Name} -n {found.Namespace} -o yaml");
        if (place.NodeName is not { } name)
            return null;
        if (!scene.Snapshot.Nodes.TryGetValue(name, out _))
            return Gone(place.Object, $"there is no {place.Object}", "look for it: kubectl get nodes");
        return scene.Observations.AbsentNodes.Contains(name) ? Down(name, place.Object, "") : place.Address is null ? Gone(place.Object, $"{place.Object} has no InternalIP of this family", "see its status.addresses") : null;
    }

    private static Leg? MissingPod(Scene scene, Pod pod, Place place)
    {
        var describe = $"kubectl describe pod {pod.Name} -n {pod.Namespace}";
        var trouble = scene.Observations.PodTroubles.TryGetValue(pod.Key, out var says) ? $" ({says})" : "";
        if (pod.Finished)
            return Gone(place.Object, $"the pod has ended: phase {pod.Phase}{trouble}; its address may be another pod's by now",
                "run it again, or let a Deployment keep it running", $"kubectl logs {pod.Name} -n {pod.Namespace} --all-containers");
        if (pod.NodeName is null)
            return Gone(place.Object, $"the pod is not scheduled to a node{(pod.UnschedulableMessage is { Length: > 0 } message ? $": {message}" : "")}",
                "make room or mend its nodeSelector, affinity or tolerations", describe);
        if (scene.Observations.AbsentNodes.Contains(pod.NodeName))
            return Down(pod.NodeName, Place.Node(pod.NodeName), $"{place.Object} is on it: ");
        if (place.Address is null)
            return Gone(place.Object, $"the pod has no address{(pod.Addresses.IsEmpty ? " yet" : " of this family")}: phase {pod.Phase}{trouble}", "see its events for what it waits for", describe);
        return null;
    }

    internal static Leg Down(string node, string where, string why) => Gone(where, $"{why}node/{node} is down{(why.Length == 0 ? "" : ", and its pods with it")}",
        "start the node again", $"vitrine node start {node}") with { Culprit = Place.Node(node) };

    private static Leg Gone(string name, string why, string fix, string? command = null) =>
        new([new Hop(name, why, name, null, Passed: false)], Verdict.NotRunning, why) { Culprit = name, Fix = fix, Command = command };
}
