using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Replicas;

/// <summary>What a ReplicaSet and a ReplicationController have in common: both keep that many pods of one template.</summary>
internal sealed record ReplicaOwner(V1ObjectMeta Metadata, LabelSelector Selector, int Replicas, int MinReadySeconds, V1PodTemplateSpec Template)
{
    public static ReplicaOwner Of(V1ReplicaSet set) =>
        new(set.Metadata, LabelSelector.Read(set.Spec.Selector)!, set.Spec.Replicas ?? 1, set.Spec.MinReadySeconds ?? 0, set.Spec.Template);

    public static ReplicaOwner Of(V1ReplicationController controller) =>
        new(controller.Metadata, LabelSelector.Of(controller.Spec.Selector), controller.Spec.Replicas ?? 1, controller.Spec.MinReadySeconds ?? 0, controller.Spec.Template);
}
