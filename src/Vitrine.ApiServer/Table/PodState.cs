using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>A pod's containers in one word and three numbers.</summary>
internal sealed class PodState
{
    private readonly JsonObject pod;
    private readonly HashSet<string> sidecars;

    private PodState(JsonObject pod)
    {
        this.pod = pod;
        // An init container that restarts always is a sidecar: it counts as a container of the running pod.
        sidecars = pod["spec"].Objects("initContainers").Where(c => c.Text("restartPolicy") == "Always").Select(c => c.Text("name")).ToHashSet();
        Total = pod["spec"].Objects("containers").Count() + sidecars.Count;
    }

    public int Ready { get; private set; }

    public int Total { get; }

    /// <summary>The STATUS column.</summary>
    public string Reason { get; private set; } = "";

    public long Restarts { get; private set; }

    public DateTimeOffset? LastRestart { get; private set; }

    public static PodState Of(JsonObject pod)
    {
        var state = new PodState(pod);
        state.Read();
        return state;
    }

    private void Read()
    {
        var status = pod["status"];
        var phase = status.Text("phase");
        Reason = status.Text("reason") is { Length: > 0 } given ? given : phase;
        if (Conditions("PodScheduled").Any(c => c.Text("reason") == "SchedulingGated"))
        {
            Reason = "SchedulingGated";
        }
        var initializing = Init(out var sidecarRestarts, out var lastSidecarRestart);
        if (!initializing || Conditions("Initialized").Any(c => c.Text("status") == "True"))
        {
            (Restarts, LastRestart) = (sidecarRestarts, lastSidecarRestart);
            Containers();
        }
        if (!pod["metadata"].Has("deletionTimestamp"))
        {
            return;
        }
        if (status.Text("reason") == "NodeLost")
        {
            Reason = "Unknown";
        }
        else if (phase is not ("Succeeded" or "Failed"))
        {
            Reason = "Terminating";
        }
    }

    /// <summary>True while an init container has not done its work.</summary>
    private bool Init(out long sidecarRestarts, out DateTimeOffset? lastSidecarRestart)
    {
        (sidecarRestarts, lastSidecarRestart) = (0, null);
        var index = 0;
        foreach (var container in pod["status"].Objects("initContainerStatuses"))
        {
            Count(container);
            var sidecar = sidecars.Contains(container.Text("name"));
            if (sidecar)
            {
                sidecarRestarts += container.Number("restartCount") ?? 0;
                lastSidecarRestart = Later(lastSidecarRestart, container);
            }
            var position = index++;
            var (terminated, waiting) = (container.Object("state").Object("terminated"), container.Object("state").Object("waiting"));
            if (terminated is not null && (terminated.Number("exitCode") ?? 0) == 0)
            {
                continue;
            }
            if (sidecar && container.Flag("started"))
            {
                Ready += container.Flag("ready") ? 1 : 0;
                continue;
            }
            Reason = "Init:" + (terminated is not null ? Ended(terminated)
                : waiting.Text("reason") is { Length: > 0 } why && why != "PodInitializing" ? why
                : $"{position}/{pod["spec"].Objects("initContainers").Count()}");
            return true;
        }
        return false;
    }

    private void Containers()
    {
        var running = false;
        foreach (var container in pod["status"].Objects("containerStatuses").Reverse())
        {
            Count(container);
            var state = container.Object("state");
            var (waiting, terminated) = (state.Object("waiting"), state.Object("terminated"));
            if (waiting.Text("reason").Length > 0)
            {
                Reason = waiting.Text("reason");
            }
            else if (terminated is not null)
            {
                Reason = Ended(terminated);
            }
            else if (container.Flag("ready") && state.Object("running") is not null)
            {
                running = true;
                Ready++;
            }
        }
        // One container has ended well and another still runs: the pod runs, or waits to be ready again.
        if (Reason == "Completed" && running)
        {
            Reason = Conditions("Ready").Any(c => c.Text("status") == "True") ? "Running" : "NotReady";
        }
    }

    private void Count(JsonObject container)
    {
        Restarts += container.Number("restartCount") ?? 0;
        LastRestart = Later(LastRestart, container);
    }

    private static DateTimeOffset? Later(DateTimeOffset? known, JsonObject container) =>
        container.Object("lastState").Object("terminated").Moment("finishedAt") is { } ended && (known is null || ended > known) ? ended : known;

    private static string Ended(JsonObject terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") is { } signal and not 0 ? $"Signal:{signal}"
        : $"ExitCode:{terminated.Number("exitCode") ?? 0}";

    private IEnumerable<JsonObject> Conditions(string type) =>
        pod["status"].Objects("conditions").Where(c => c.Text("type") == type);
}
