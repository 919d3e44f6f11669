using k8s.Models;
using Vitrine.Agent.Events;
using Vitrine.Agent.Node;

namespace Vitrine.Agent.Pods;

/// <summary>Whether a pod may run on this node at all; asked once, before its first sandbox, so that an agent that starts again never refuses what runs.</summary>
/// <param name="sysctls">Those allowed here.</param>
/// <param name="pressures">Types of the node's pressure conditions that are true now.</param>
/// <param name="node">The node's object; null where there is none to look at.</param>
internal sealed class PodAdmission(Sysctls sysctls, Func<IReadOnlyList<string>> pressures, OwnNode? node)
{
    private const int SystemCritical = 2_000_000_000;
    private readonly Lock gate = new();

    /// <summary>The pods that hold room on the node.</summary>
    public Func<IEnumerable<V1Pod>> Residents { get; set; } = static () => [];

    /// <summary>The machine is about to go.</summary>
    public bool IsShuttingDown { get; set; }

    /// <summary>Failed for good, or held back; either way with an event and the reason where everybody looks.</summary>
    public async Task<bool> RefusesAsync(V1Pod pod, PodMemory memory, EventRecorder events, CancellationToken ct)
    {
        if (Unsupported(pod) is { } unsupported)
        {
            events.Warning(pod, unsupported.Reason, unsupported.Message!, null);
            foreach (var container in PodContainers.Lasting(pod))
            {
                memory.Waiting[container.Name] = unsupported;
            }

            return true;
        }

        if ((Rejection(pod) ?? await UnfitAsync(pod, memory, ct).ConfigureAwait(false)) is { } rejection)
        {
            memory.Failed = rejection;
            events.Warning(pod, rejection.Reason, rejection.Message!, null);
            return true;
        }

        if (WithoutEffect(pod) is { } ignored)
        {
            events.Warning(pod, "FieldWithoutEffect", ignored, null);
        }

        return false;
    }

    /// <summary>Why kubelet would fail the pod for good, or null.</summary>
    public Waiting? Rejection(V1Pod pod)
    {
        if (IsShuttingDown)
        {
            return new("NodeShutdown", "Pod was rejected as the node is shutting down.");
        }

        if (pod.Spec.Os is { Name: not "linux" })
        {
            return new("PodOSNotSupported", "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS");
        }

        if (sysctls.Refusal(pod) is { } forbidden)
        {
            return new("SysctlForbidden", "Pod was rejected: " + forbidden);
        }

        if (WantsAppArmor(pod))
        {
            return new("AppArmor", "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host");
        }

        if (pod.Spec.SecurityContext?.SupplementalGroupsPolicy == "Strict")
        {
            return new("SupplementalGroupsPolicyNotSupported", "Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node");
        }

        var now = pressures();
        return now.Count == 0 || IsCritical(pod) || (now is ["MemoryPressure"] && ToleratesMemoryPressure(pod))
            ? null
            : new("Evicted", $"Pod was rejected: The node had condition: [{string.Join(' ', now.Order(StringComparer.Ordinal))}]. ");
    }

    /// <summary>A node that others have changed is read anew before it refuses what the scheduler has just found fitting.</summary>
    private async Task<Waiting?> UnfitAsync(V1Pod pod, PodMemory memory, CancellationToken ct) =>
        TakeIn(pod, node?.Current, memory) is null ? null : TakeIn(pod, await node!.ReadAsync(ct).ConfigureAwait(false), memory);

    /// <summary>One pod after another: two that fit alone may not fit together.</summary>
    internal Waiting? TakeIn(V1Pod pod, V1Node? on, PodMemory memory)
    {
        lock (gate)
        {
            var objection = on is null ? null : NodeMatch.Objection(pod, on, Residents().Where(other => other.Metadata.Uid != pod.Metadata.Uid));
            memory.IsAdmitted = objection is null;
            return objection;
        }
    }

    /// <summary>What it asks for and this node does not do; the pod waits, for nothing but another spec will help.</summary>
    public static Waiting? Unsupported(V1Pod pod)
    {
        var fields = UnsupportedField.All.Where(f => f.Asks(pod)).Select(f => $"{f.Field}: {f.Why}").ToList();
        return fields.Count == 0 ? null : new("UnsupportedField", string.Join("; ", fields));
    }

    /// <summary>What has no effect here, as on any node without SELinux; said by an event.</summary>
    public static string? WithoutEffect(V1Pod pod) =>
        pod.Spec.SecurityContext?.SeLinuxOptions is not null || PodContainers.All(pod).Any(c => c.SecurityContext?.SeLinuxOptions is not null)
            ? "seLinuxOptions has no effect: SELinux is not enabled on this node"
            : null;

    /// <summary>Never refused or evicted for want of room: static pods and those of the system's two priority classes.</summary>
    public static bool IsCritical(V1Pod pod) => StaticPod.Is(pod) || pod.Spec.Priority >= SystemCritical;

    private static bool WantsAppArmor(V1Pod pod) =>
        PodContainers.All(pod).Select(c => c.SecurityContext?.AppArmorProfile).Append(pod.Spec.SecurityContext?.AppArmorProfile).Any(p => p is { Type: not "Unconfined" });

    // Only memory that somebody asked for is kept free for him.
    private static bool ToleratesMemoryPressure(V1Pod pod) =>
        QosClass.Of(pod) != "BestEffort" || pod.Spec.Tolerations?.Any(t => t is { Key: "node.kubernetes.io/memory-pressure", Effect: null or "" or "NoSchedule" }) == true;
}
