using System.Globalization;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Control.Revisions;

namespace Vitrine.Control.Stateful;

/// <summary>The pods of a StatefulSet have names, and by them an order.</summary>
internal static class StatefulPods
{
    private const string NameLabel = "statefulset.kubernetes.io/pod-name";
    private const string IndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>The number in a pod's name, or -1 where the name is not one of the set's.</summary>
    public static int Ordinal(V1StatefulSet set, V1Pod pod)
    {
        var prefix = set.Metadata.Name + "-";
        return pod.Metadata.Name.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(pod.Metadata.Name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : -1;
    }

    public static V1Pod Of(V1StatefulSet set, int ordinal, V1PodTemplateSpec template, string revision)
    {
        var pod = PodTemplates.Pod(template, Resource.StatefulSets, set.Metadata);
        pod.Metadata.GenerateName = null;
        pod.Metadata.Name = $"{set.Metadata.Name}-{ordinal}";
        pod.Metadata.Labels![NameLabel] = pod.Metadata.Name;
        pod.Metadata.Labels[IndexLabel] = ordinal.ToString(CultureInfo.InvariantCulture);
        pod.Metadata.Labels[Revision.HashLabel] = revision;
        pod.Spec.Hostname = pod.Metadata.Name;
        pod.Spec.Subdomain = string.IsNullOrEmpty(set.Spec.ServiceName) ? pod.Spec.Subdomain : set.Spec.ServiceName;
        return pod;
    }

    public static string RevisionOf(V1Pod pod) => PodFacts.Label(pod.Metadata, Revision.HashLabel);
}
