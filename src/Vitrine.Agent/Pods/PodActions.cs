namespace Vitrine.Agent.Pods;

/// <summary>The next step towards what the pod's spec asks.</summary>
/// <param name="StopPod">Stop everything that is left of the pod: its sandbox is gone, or its work is over.</param>
/// <param name="CreateSandbox">Attempt number of the sandbox to create, or null.</param>
/// <param name="Starts">Containers to start, all at once.</param>
/// <param name="Kills">Ids of running containers to stop, with the reason.</param>
/// <param name="WakeAt">When to plan again although nothing changed (a back-off ends).</param>
internal sealed record PodActions(
    bool StopPod,
    uint? CreateSandbox,
    IReadOnlyList<ContainerStart> Starts,
    IReadOnlyList<(string Id, string Name, string Message)> Kills,
    DateTimeOffset? WakeAt)
{
    public static readonly PodActions None = new(false, null, [], [], null);
}
