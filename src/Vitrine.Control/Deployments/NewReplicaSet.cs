using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Deployments;

/// <summary>The ReplicaSet of a Deployment's present template, named and labelled by its hash.</summary>
internal static class NewReplicaSet
{
    public static V1ReplicaSet Of(Rollout rollout, int size)
    {
        var deployment = rollout.Deployment;
        var hash = TemplateHash.Of(rollout.Template, deployment.Status?.CollisionCount);
        var template = PodTemplates.Clone(deployment.Spec.Template);
        template.Metadata ??= new V1ObjectMeta();
        template.Metadata.Labels = PodTemplates.Copy(template.Metadata.Labels);
        template.Metadata.Labels[PodTemplates.HashLabel] = hash;
        var selector = PodTemplates.Clone(deployment.Spec.Selector);
        selector.MatchLabels = PodTemplates.Copy(selector.MatchLabels);
        selector.MatchLabels[PodTemplates.HashLabel] = hash;
        var annotations = Annotations.ForCurrent(deployment, null, rollout.Revision);
        Annotations.SetSizes(annotations, rollout.Replicas, rollout.Replicas + rollout.MaxSurge);
        return new V1ReplicaSet
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = new V1ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = PodTemplates.Copy(template.Metadata.Labels),
                Annotations = annotations,
                OwnerReferences = [Owners.Reference(Resource.Deployments, deployment.Metadata)],
            },
            Spec = new V1ReplicaSetSpec { Replicas = size, MinReadySeconds = deployment.Spec.MinReadySeconds ?? 0, Selector = selector, Template = template },
        };
    }
}
