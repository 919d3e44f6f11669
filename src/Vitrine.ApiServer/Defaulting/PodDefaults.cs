using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of a pod, and what upstream's admission plugin ServiceAccount adds to every pod.</summary>
internal static class PodDefaults
{
    /// <summary>What stands for a pod of a node's own file: it has no account.</summary>
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    public static void Apply(JsonObject pod)
    {
        var spec = pod.Ensure("spec");
        if (!pod.Object("metadata").Object("annotations").Has(MirrorAnnotation))
        {
            spec.DefaultText("serviceAccountName", spec.Text("serviceAccount") is { Length: > 0 } old ? old : "default");
        }
        Spec(spec);
        spec["enableServiceLinks"] ??= true;
        var hostNetwork = spec.Flag("hostNetwork");
        foreach (var container in ContainerLists.SelectMany(list => spec.Objects(list)))
        {
            ContainerDefaults.ApplyInPod(container, hostNetwork);
        }

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
        spec.Ensure("securityContext");
        Account(spec);
        foreach (var container in ContainerLists.SelectMany(list => spec.Objects(list)))
        {
            ContainerDefaults.Apply(container);
        }
        foreach (var volume in spec.Objects("volumes"))
        {
            VolumeDefaults.Apply(volume);
        }
    }

    /// <summary>serviceAccount is the old name of serviceAccountName; upstream keeps both.</summary>
    private static void Account(JsonObject spec)
    {
        if (spec.Text("serviceAccountName") is { Length: > 0 } name)
        {
            spec["serviceAccount"] = name;
        }
        else if (spec.Text("serviceAccount") is { Length: > 0 } old)
        {
            spec["serviceAccountName"] = old;
        }
    }
}
