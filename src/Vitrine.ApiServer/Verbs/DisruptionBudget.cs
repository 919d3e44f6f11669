using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The PodDisruptionBudget of a pod, and taking one disruption from it.</summary>
internal static class DisruptionBudget
{
    // Upstream's MaxDisruptedPodSize: more evictions than this without a word of the controller, and something is wrong.
    private const int MaxDisruptedPods = 2000;
    private const int RetrySeconds = 10;
    private const string Violation = "Cannot evict pod as it would violate the pod's disruption budget.";

    /// <summary>Its name, null for none. Throws a 500 for more than one, which the eviction subresource does not support.</summary>
    public static string? Find(ApiRequest request, StoredObject pod)
    {
        if (pod.Labels.Count == 0 || Kind(request) is not { } kind)
        {
            return null;
        }

        List<string> found = [.. request.Store.Tree(kind).List(pod.Namespace)
            .Where(budget => SelectorObject.Read(budget.Parse()["spec"].Object("selector"))?.Matches(pod.Labels) == true)
            .Select(static budget => budget.Name)];
        return found.Count > 1
            ? throw new ApiException(500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
            : found.FirstOrDefault();
    }

    /// <summary>True when a disruption was taken, false when the pod may go without one because it is not healthy. Throws a 429 when there is none to take.</summary>
    public static async Task<bool> TakeAsync(ApiRequest request, string name, StoredObject stored, bool dryRun)
    {
        Kind kind = Kind(request)!;
        JsonObject pod = stored.Parse();
        ApiRequest budgets = request with { Kind = kind, Path = request.Path with { Group = kind.Group, Version = kind.Version, Plural = kind.Plural, Name = name, Subresource = "status" } };
        JsonObject budget = GetVerb.Find(budgets).Parse();
        bool healthy = pod["status"].Objects("conditions").Any(static condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
        if (!healthy && MayGoUnhealthy(budget))
        {
            return false;
        }

        string now = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow());
        if (dryRun)
        {
            Decrement(budget, name, request.Name, now);
            return true;
        }

        await ObjectChange.ApplyAsync(budgets, UpdateScope.Status, current => Decrement(current, name, request.Name, now));
        return true;
    }

    public static ApiException StillProcessed(string name) => new(429, "TooManyRequests", Violation)
    {
        RetryAfterSeconds = RetrySeconds,
        Causes = [new FieldCause("DisruptionBudget", "", $"The disruption budget {name} is still being processed by the server.")],
    };

    private static bool MayGoUnhealthy(JsonObject budget)
    {
        long desired = budget["status"].Number("desiredHealthy") ?? 0;
        return budget.TextAt("spec.unhealthyPodEvictionPolicy") == "AlwaysAllow" || (desired > 0 && (budget["status"].Number("currentHealthy") ?? 0) >= desired);
    }

    private static JsonObject Decrement(JsonObject budget, string name, string podName, string now)
    {
        JsonObject status = budget.Ensure("status");
        if ((status.Number("observedGeneration") ?? 0) < (budget["metadata"].Number("generation") ?? 0))
        {
            throw StillProcessed(name);
        }

        long allowed = status.Number("disruptionsAllowed") ?? 0;
        if (allowed < 0)
        {
            throw ApiErrors.Forbidden(PolicyKinds.PodDisruptionBudget, name, "pdb disruptions allowed is negative");
        }

        if (status.Object("disruptedPods")?.Count > MaxDisruptedPods)
        {
            throw ApiErrors.Forbidden(PolicyKinds.PodDisruptionBudget, name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (allowed == 0)
        {
            throw new ApiException(429, "TooManyRequests", Violation)
            {
                Causes = [new FieldCause("DisruptionBudget", "", $"The disruption budget {name} needs {status.Number("desiredHealthy") ?? 0} healthy pods and has {status.Number("currentHealthy") ?? 0} currently")],
            };
        }

        status["disruptionsAllowed"] = allowed - 1;
        if (allowed == 1)
        {
            JsonObject condition = Conditions.Set(status, "DisruptionAllowed", "False", "InsufficientPods", "", now);
            condition["observedGeneration"] = status.Number("observedGeneration") ?? 0;
        }

        // The controller must not count the pod as available from here on.
        status.Ensure("disruptedPods")[podName] = now;
        ObjectMeta.Of(budget).Remove("resourceVersion");
        return budget;
    }

    private static Kind? Kind(ApiRequest request) => request.Api.Kinds.FirstOrDefault(static kind => kind is { Group: "policy", Plural: "poddisruptionbudgets" });
}
