using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>
/// Defaults of a pod, and what upstream's admission plugins Priority, ServiceAccount and DefaultTolerationSeconds
/// add to every pod.
/// </summary>
internal static class PodDefaults
{
    private const long EvictionSeconds = 300;

    public static void Apply(JsonObject pod)
    {
        var spec = pod.Ensure("spec");
        Spec(spec);
        spec.DefaultText("preemptionPolicy", "PreemptLowerPriority");
        spec.DefaultNumber("priority", 0);
        Account(spec);
        Tolerations(spec);

        var status = pod.Ensure("status");
        status.DefaultText("phase", "Pending");
        status.DefaultText("qosClass", QosClass.Of(spec));
    }

    /// <summary>Also for the pod templates of workloads.</summary>
    public static void Spec(JsonObject spec)
    {
        spec.DefaultText("restartPolicy", "Always");
        spec.DefaultText("dnsPolicy", "ClusterFirst");
        spec.DefaultText("schedulerName", "default-scheduler");
        spec.DefaultNumber("terminationGracePeriodSeconds", 30);
        spec["enableServiceLinks"] ??= true;
        spec.Ensure("securityContext");

        var hostNetwork = spec.Flag("hostNetwork");
        foreach (var list in (ReadOnlySpan<string>)["initContainers", "containers", "ephemeralContainers"])
        {
            foreach (var container in spec.Objects(list))
            {
                ContainerDefaults.Apply(container, hostNetwork);
            }
        }
        foreach (var volume in spec.Objects("volumes"))
        {
            VolumeDefaults.Apply(volume);
        }
    }

    /// <summary>serviceAccount is the old name of serviceAccountName; upstream keeps both.</summary>
    private static void Account(JsonObject spec)
    {
        spec.DefaultText("serviceAccountName", spec.Text("serviceAccount") is { Length: > 0 } old ? old : "default");
        spec["serviceAccount"] = spec.Text("serviceAccountName");
    }

    private static void Tolerations(JsonObject spec)
    {
        foreach (var taint in (ReadOnlySpan<string>)["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        {
            if (spec.Objects("tolerations").Any(t => Tolerates(t, taint)))
            {
                continue;
            }
            if (spec.Array("tolerations") is null)
            {
                spec["tolerations"] = new JsonArray();
            }
            spec.Array("tolerations")!.Add((JsonNode)new JsonObject
            {
                ["key"] = taint,
                ["operator"] = "Exists",
                ["effect"] = "NoExecute",
                ["tolerationSeconds"] = EvictionSeconds,
            });
        }
    }

    private static bool Tolerates(JsonObject toleration, string taint) =>
        (toleration.Text("key") == taint || toleration.Text("key").Length == 0)
        && toleration.Text("effect") is "NoExecute" or "";
}
