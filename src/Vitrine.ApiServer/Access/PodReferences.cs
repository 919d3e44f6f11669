using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Access;

/// <summary>What a pod refers to, and its node has to read for it: volumes, environment, registries, its ServiceAccount. Source: pkg/api/v1/pod/util.go.</summary>
internal static class PodReferences
{
    public static HashSet<ObjectReference> Of(JsonObject pod)
    {
        var (spec, ns, found) = (pod.Object("spec"), pod.TextAt("metadata.namespace"), new HashSet<ObjectReference>());
        Add("serviceaccounts", spec.Text("serviceAccountName"));
        foreach (var secret in spec.Objects("imagePullSecrets"))
        {
            Add("secrets", secret.Text("name"));
        }
        foreach (var list in (string[])["initContainers", "containers", "ephemeralContainers"])
        {
            foreach (var container in spec.Objects(list))
            {
                Environment(container);
            }
        }
        foreach (var volume in spec.Objects("volumes"))
        {
            Volume(volume);
        }
        return found;

        void Environment(JsonObject container)
        {
            foreach (var from in container.Objects("envFrom"))
            {
                Add("secrets", from.TextAt("secretRef.name"));
                Add("configmaps", from.TextAt("configMapRef.name"));
            }
            foreach (var variable in container.Objects("env"))
            {
                Add("secrets", variable.TextAt("valueFrom.secretKeyRef.name"));
                Add("configmaps", variable.TextAt("valueFrom.configMapKeyRef.name"));
            }
        }

        void Volume(JsonObject volume)
        {
            Add("secrets", volume.TextAt("secret.secretName"));
            Add("configmaps", volume.TextAt("configMap.name"));
            Add("persistentvolumeclaims", volume.TextAt("persistentVolumeClaim.claimName"));
            if (volume.Has("ephemeral"))
            {
                Add("persistentvolumeclaims", $"{pod.TextAt("metadata.name")}-{volume.Text("name")}");
            }
            foreach (var source in volume.Object("projected").Objects("sources"))
            {
                Add("secrets", source.TextAt("secret.name"));
                Add("configmaps", source.TextAt("configMap.name"));
            }
        }

        void Add(string resource, string name)
        {
            if (name.Length > 0)
            {
                found.Add(new ObjectReference(resource, ns, name));
            }
        }
    }
}
