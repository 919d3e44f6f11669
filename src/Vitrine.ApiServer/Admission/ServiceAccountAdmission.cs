using System.Text.Json.Nodes;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Admission;

/// <summary>
/// The admission plugin ServiceAccount: a pod runs as an account there is, and unless somebody says otherwise finds at a fixed place
/// what it needs to call the API — the authority, its namespace, a token. Source: plugin/pkg/admission/serviceaccount.
/// </summary>
internal static class ServiceAccountAdmission
{
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string VolumePrefix = "kube-api-access-";
    private const string DefaultName = "default";

    // An hour and a bit: by the odd number upstream recognises what it asked for itself.
    private const int TokenSeconds = 60 * 60 + 7;

    public static void Admit(AdmissionRequest request, JsonObject pod)
    {
        if (request.TreeOf("", "serviceaccounts") is not { } accounts)
        {
            return;
        }
        var spec = pod.Ensure("spec");
        if (pod["metadata"].Object("annotations").Has(PodDefaults.MirrorAnnotation))
        {
            Refuse(request, pod, spec);
            return;
        }
        spec.DefaultText("serviceAccountName", spec.Text("serviceAccount") is { Length: > 0 } older ? older : DefaultName);
        var name = spec.Text("serviceAccountName");
        var account = accounts.Find(request.Namespace, name)?.Parse();

        // A namespace's own account comes a moment after the namespace; a pod that is quicker waits for its token on the node.
        if (account is null && name != DefaultName)
        {
            throw ApiErrors.Forbidden(request.Kind, pod.TextAt("metadata.name"), $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");
        }
        if (spec["imagePullSecrets"] is not JsonArray { Count: > 0 } && account.Array("imagePullSecrets") is { Count: > 0 } secrets)
        {
            spec["imagePullSecrets"] = secrets.DeepClone();
        }
        var mounts = spec.Has("automountServiceAccountToken") ? spec.Flag("automountServiceAccountToken")
            : account is null || !account.Has("automountServiceAccountToken") || account.Flag("automountServiceAccountToken");
        if (mounts)
        {
            Mount(spec, request.Chance);
        }
    }

    /// <summary>A pod of a node's own file has no account, and nothing of the API that one would be asked about.</summary>
    private static void Refuse(AdmissionRequest request, JsonObject pod, JsonObject spec)
    {
        var name = pod.TextAt("metadata.name");
        if (spec.Text("serviceAccountName").Length > 0)
        {
            throw ApiErrors.Forbidden(request.Kind, name, "a mirror pod may not reference service accounts");
        }
        var sources = spec.Objects("volumes").Concat(spec.Objects("volumes").SelectMany(v => v.Object("projected").Objects("sources")));
        foreach (var (field, what) in (ReadOnlySpan<(string, string)>)[("secret", "secrets"), ("configMap", "configmaps"), ("serviceAccountToken", "service account tokens"), ("persistentVolumeClaim", "persistentvolumeclaims")])
        {
            if (sources.Any(s => s.Has(field)))
            {
                throw ApiErrors.Forbidden(request.Kind, name, $"a mirror pod may not reference {what}");
            }
        }
    }

    /// <summary>A manifest that is sent again without what was added to it does not mean to take that away.</summary>
    public static void Keep(JsonObject spec, JsonObject? before)
    {
        spec["serviceAccountName"] ??= before?["serviceAccountName"]?.DeepClone();
        if (before.Objects("volumes").FirstOrDefault(static volume => volume.Text("name").StartsWith(VolumePrefix, StringComparison.Ordinal)) is not { } volume
            || spec.Objects("volumes").Any(there => there.Text("name") == volume.Text("name")))
        {
            return;
        }
        Append(spec, "volumes", volume);
        foreach (var list in (ReadOnlySpan<string>)["initContainers", "containers"])
        {
            foreach (var container in spec.Objects(list))
            {
                var mounts = before.Objects(list).FirstOrDefault(old => old.Text("name") == container.Text("name")).Objects("volumeMounts");
                if (mounts.FirstOrDefault(mount => mount.Text("name") == volume.Text("name")) is { } mount)
                {
                    Append(container, "volumeMounts", mount);
                }
            }
        }
    }

    private static void Append(JsonObject parent, string field, JsonObject value)
    {
        if (parent.Array(field) is null)
        {
            parent[field] = new JsonArray();
        }
        parent.Array(field)!.Add(value.DeepClone());
    }

    private static void Mount(JsonObject spec, Chance chance)
    {
        var there = spec.Objects("volumes").Select(static volume => volume.Text("name")).FirstOrDefault(static name => name.StartsWith(VolumePrefix, StringComparison.Ordinal));
        var volume = there ?? VolumePrefix + chance.Suffix();
        var needed = false;
        foreach (var container in spec.Objects("initContainers").Concat(spec.Objects("containers")))
        {
            if (container.Objects("volumeMounts").Any(static mount => mount.Text("mountPath") == MountPath))
            {
                continue;
            }
            Append(container, "volumeMounts", new JsonObject { ["name"] = volume, ["readOnly"] = true, ["mountPath"] = MountPath });
            needed = true;
        }
        if (needed && there is null)
        {
            Append(spec, "volumes", Volume(volume));
        }
    }

    private static JsonObject Volume(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new JsonObject
        {
            ["sources"] = new JsonArray(
                new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = TokenSeconds, ["path"] = "token" } },
                new JsonObject { ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) } },
                new JsonObject { ["downwardAPI"] = new JsonObject { ["items"] = new JsonArray(new JsonObject { ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } }) } }),
            ["defaultMode"] = 420,
        },
    };
}
