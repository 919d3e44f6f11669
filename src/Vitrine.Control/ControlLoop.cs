using k8s;
using Microsoft.Extensions.Logging;

namespace Vitrine.Control;

/// <summary>
/// All controllers of the control plane: one watch, one snapshot, and per controller a plan of what is missing and the
/// writes that mend it. Each controller's file shows its plan and its writes.
/// </summary>
public sealed partial class ControlLoop(ControlOptions options, ILoggerFactory logs, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private readonly ILogger logger = logs.CreateLogger("control");

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig);
        using var client = new Kubernetes(config);
        var watch = new ClusterWatch(client, logger, time);
        IController[] controllers =
        [
            new NamespaceController(client),
            new ServiceAccountController(client),
            new RootCaController(client, options.RootCaPem),
            new NodeIpamController(client, options.PodRanges, time),
            new Scheduler(client, time),
        ];
        await Task.WhenAll([watch.RunAsync(ct), .. controllers.Select(c => RunAsync(c, watch, ct))]);
    }

    private async Task RunAsync(IController controller, ClusterWatch watch, CancellationToken ct)
    {
        await using var changes = watch.SubscribeAsync(ct).GetAsyncEnumerator(ct);
        while (await changes.MoveNextAsync())
        {
            var again = true;
            try
            {
                again = await controller.ReconcileAsync(changes.Current, ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or k8s.Autorest.HttpOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // A conflict or an API that is away: the next look starts from what is true then.
                Failed(controller.GetType().Name, (e as k8s.Autorest.HttpOperationException)?.Response.Content ?? e.Message);
            }

            if (again)
            {
                await Task.Delay(RetryAfter, time, ct);
                watch.Again();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{controller}: {reason}")]
    private partial void Failed(string controller, string reason);
}
