using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s;
using Microsoft.AspNetCore.Http;
using Vitrine.Clusters;
using Vitrine.Explaining;
using Vitrine.Linux.Interop;
using Vitrine.Reach;
using Vitrine.Verbs;

namespace Vitrine.Mapping;

/// <summary>What the map's server answers: the page, /api/events, and what the verbs print as JSON, under /api/explain, /api/matrix and /api/station.</summary>
internal sealed class MapRoutes(ClusterPaths paths, ClusterSpec spec, TimeProvider time, CancellationToken stop)
{
    // Each reads the kernels of all nodes: one after another, so that a held key does not start a hundred.
    private readonly SemaphoreSlim turn = new(2);

    public async Task AnswerAsync(HttpContext http, MapRights rights)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stop);
        try
        {
            await RouteAsync(http, rights, both.Token);
        }
        catch (CommandFailure failure) when (!http.Response.HasStarted)
        {
            await SendAsync(http, StatusCodes.Status422UnprocessableEntity, new MapFailure(failure.Message, failure.Remedy), MapJson.Default.MapFailure);
        }
        catch (Exception e) when (e is HttpRequestException or LinuxException or k8s.Autorest.HttpOperationException && !http.Response.HasStarted)
        {
            await SendAsync(http, StatusCodes.Status502BadGateway, new MapFailure(e.Message, $"vitrine status --name {spec.Name} shows the cluster's processes"), MapJson.Default.MapFailure);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && both.IsCancellationRequested)
        {
            // The reader closed the page, or the server ends.
        }
    }

    private async Task RouteAsync(HttpContext http, MapRights rights, CancellationToken ct)
    {
        var query = http.Request.Query;
        switch (http.Request.Method, http.Request.Path.Value)
        {
            case ("GET", "/api/about"):
                await SendAsync(http, 200, new MapAbout(spec.Name, spec.Context, rights == MapRights.Apply), MapJson.Default.MapAbout);
                break;
            case ("GET", "/api/events"):
                await StreamAsync(http, query["flows"] == "1", ct);
                break;
            case ("GET", "/api/explain"):
                await TurnAsync(async () => await SendAsync(http, 200, await ExplainAsync(Asked(query["from"]), Asked(query["to"]), query["namespace"], query["probe"] != "0", ct), VerbJson.Default.ExplainReport), ct);
                break;
            case ("GET", "/api/matrix"):
                await TurnAsync(async () => await SendAsync(http, 200, await MatrixAsync(query["namespace"], ct), VerbJson.Default.ReachMatrix), ct);
                break;
            case ("GET", "/api/station"):
                await TurnAsync(async () => await SendAsync(http, 200, await StationAsync(Asked(query["of"]), ct), MapJson.Default.StationReport), ct);
                break;
            case ("POST", "/api/apply"):
                using (var api = Client())
                    await SendAsync(http, 200, await new MapApply(api).ApplyAsync(await new StreamReader(http.Request.Body).ReadToEndAsync(ct), query["delete"] == "1", ct), MapJson.Default.IReadOnlyListString);
                break;
            case ("GET", var path) when MapPage.Find(path!) is { } file:
                await file.SendAsync(http, ct);
                break;
            default:
                await SendAsync(http, StatusCodes.Status404NotFound, new MapFailure($"{http.Request.Method} {http.Request.Path}: the map has nothing there", null), MapJson.Default.MapFailure);
                break;
        }
    }

    /// <summary>As `vitrine explain FROM TO -n NAMESPACE -o json`.</summary>
    private Task<ExplainReport> ExplainAsync(string from, string to, string? ns, bool probe, CancellationToken ct) => Explainer.AnswerAsync(
        async stop => await ClusterFacts.ListAsync(paths, spec, stop), new AskedQuestion(from, PlaceText.Parse(to), new WebQuestion("GET", []), string.IsNullOrEmpty(ns) ? "default" : ns), probe, ct);

    /// <summary>As `vitrine policy matrix -o json`.</summary>
    private async Task<ReachMatrix> MatrixAsync(string? ns, CancellationToken ct)
    {
        using var facts = await ClusterFacts.ListAsync(paths, spec, ct);
        return ReachMatrix.Of(facts.Snapshot, string.IsNullOrEmpty(ns) ? null : ns);
    }

    private async Task<StationReport> StationAsync(string name, CancellationToken ct)
    {
        using var facts = await ClusterFacts.ListAsync(paths, spec, ct);
        return StationReport.Read(facts, name) ?? throw new CommandFailure($"{name} has no network namespace that could be read", "it is not running, or on its node's network");
    }

    private async Task StreamAsync(HttpContext http, bool flows, CancellationToken ct)
    {
        http.Response.ContentType = "text/event-stream";
        // Milliseconds until the browser asks again when the stream has ended.
        await http.Response.WriteAsync("retry: 300\n\n", ct);
        using var api = Client();
        using var stream = new EventStream(http.Response.Body);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // The page asks anew when the objects end: whatever was missed comes again. Without connections it is a map still.
        var following = flows ? new FlowStream(paths, spec, stream, time).RunAsync(end.Token) : Task.CompletedTask;
        try
        {
            await new ObjectStream(api, stream).RunAsync(end.Token);
        }
        finally
        {
            await end.CancelAsync();
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Kubernetes Client() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));

    private async Task TurnAsync(Func<Task> work, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private static string Asked(string? text) => string.IsNullOrEmpty(text) ? throw new CommandFailure("the question has no place in it", "give from and to, as vitrine explain has them") : text;

    private static Task SendAsync<T>(HttpContext http, int status, T answer, JsonTypeInfo<T> type)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, answer, type, http.RequestAborted);
    }
}
