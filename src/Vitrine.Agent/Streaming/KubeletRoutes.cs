using Grpc.Core;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Vitrine.Agent.Pods;
using Vitrine.Agent.Stats;

namespace Vitrine.Agent.Streaming;

/// <summary>The kubelet API's paths: /healthz, /metrics, /metrics/resource, /stats/summary, /pods, /containerLogs, /exec, /attach, /portForward.</summary>
internal sealed class KubeletRoutes(PodLoop pods, ContainerLogs logs, ExecSession exec, PortForwardSession forward, UsageLoop usage, StatsSummary summary, Func<string> metrics)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http).ConfigureAwait(false);
        }
        catch (KubeletException e) when (!http.Response.HasStarted)
        {
            await TextAsync(http, e.Status, e.Message).ConfigureAwait(false);
        }
        catch (RpcException e) when (!http.Response.HasStarted)
        {
            await TextAsync(http, e.StatusCode == StatusCode.NotFound ? 404 : 500, e.Status.Detail).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        var parts = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (http.Request.Method, parts) switch
        {
            ("GET", ["healthz"]) => TextAsync(http, 200, "ok"),
            ("GET", ["metrics"]) => TextAsync(http, 200, metrics()),
            ("GET", ["metrics", "resource"]) => TextAsync(http, 200, ResourceMetrics.Render(usage.Machine, usage.Pods)),
            ("GET", ["stats", "summary"]) => SummaryAsync(http),
            ("GET", ["pods"]) => PodsAsync(http),
            ("GET", ["containerLogs", var ns, var pod, var container]) => logs.WriteAsync(http, Find(ns, pod), container),
            ("GET" or "POST", ["exec", var ns, var pod, var container]) => exec.RunAsync(http, Find(ns, pod), container, attach: false),
            ("GET" or "POST", ["attach", var ns, var pod, var container]) => exec.RunAsync(http, Find(ns, pod), container, attach: true),
            ("GET" or "POST", ["portForward", var ns, var pod]) => forward.RunAsync(http, Find(ns, pod)),
            ("GET" or "POST", ["portForward", var ns, var pod, var uid]) => forward.RunAsync(http, Find(ns, pod, uid)),
            _ => throw new KubeletException(404, "404 page not found"),
        };
    }

    private PodWorker Find(string ns, string name) => pods.Find(ns, name) ?? throw new KubeletException(404, $"pod does not exist: {ns}/{name} is not on this node");

    private PodWorker Find(string ns, string name, string uid) => Find(ns, name) is { } worker && (worker.Pod.Metadata.Uid == uid || worker.Mirror?.Metadata.Uid == uid)
        ? worker
        : throw new KubeletException(404, $"pod does not exist: {ns}/{name} with uid {uid} is not on this node");

    private Task PodsAsync(HttpContext http)
    {
        var list = new V1PodList { ApiVersion = "v1", Kind = "PodList", Metadata = new V1ListMeta(), Items = [.. pods.Workers.Select(w => w.Pod)] };
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(KubernetesJson.Serialize(list), http.RequestAborted);
    }

    private async Task SummaryAsync(HttpContext http)
    {
        var json = await summary.ComputeAsync(http.RequestAborted).ConfigureAwait(false);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(json.ToJsonString(), http.RequestAborted).ConfigureAwait(false);
    }

    private static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
