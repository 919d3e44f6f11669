using System.Text.RegularExpressions;
using Vitrine.Manifests;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Linting;

/// <summary>Problems of the gateway's plan as findings. What is missing may be in the cluster where the files have nothing of its like in its namespace.</summary>
internal static partial class RouteProblems
{
    /// <summary>Null for one that follows from another finding: an object that is written, and refused.</summary>
    public static LintFinding? Of(DraftedCluster cluster, GatewayProblem problem)
    {
        if (cluster.Find(problem.Source.Kind, problem.Source.Namespace, problem.Source.Name) is not { } about)
            return null;
        var absent = problem.Message.Contains("does not exist", StringComparison.Ordinal);
        var named = Named().Match(problem.Message);
        var (kind, ns, name) = (named.Groups[1].Value, named.Groups[2].Value, named.Groups[3].Value);
        if (absent && cluster.Objects.Any(o => o.Draft.Singular == kind && o.Namespace == ns && o.Name == name))
            return null;
        // Of an Ingress: the one that a canary is of.
        var mayBe = problem.Reason == "RefNotPermitted" ? !cluster.Objects.Any(o => o.Namespace == ns) : problem is { Reason: "NoMatchingParent", Source.Kind: "Ingress" } || absent && (kind != "service" || Services(cluster, ns).Length == 0);
        var severity = mayBe || problem.Reason == "UnsupportedAnnotation" ? LintFinding.Warning : LintFinding.Error;
        return LintFinding.Of(about, severity, Rule(problem.Reason), problem.Source.Field, $"{problem.Message}{(mayBe ? "; it is not in the files, but may be in the cluster" : "")}", Fix(cluster, problem, absent, ns, name));
    }

    private static string Fix(DraftedCluster cluster, GatewayProblem problem, bool absent, string ns, string name) => problem.Reason switch
    {
        "UnsupportedAnnotation" => $"take {problem.Source.Field} out",
        "BackendNotFound" when absent && Nearest.To(name, Services(cluster, ns)) is { } meant => $"write {meant}",
        "BackendNotFound" when !absent && cluster.Snapshot.Services.GetValueOrDefault($"{ns}/{name}")?.Ports is [var only] => $"write port {only.Port}",
        _ => problem.Remedy,
    };

    private static string[] Services(DraftedCluster cluster, string ns) => [.. cluster.Objects.Where(o => o.Kind == "Service" && o.Namespace == ns).Select(o => o.Name)];

    /// <summary>BackendNotFound → backend-not-found.</summary>
    private static string Rule(string reason) => Words().Replace(reason, "-$1").TrimStart('-').ToLowerInvariant();

    [GeneratedRegex("(service|secret|configmap)/([a-z0-9.-]+)/([a-z0-9.-]+)")]
    private static partial Regex Named();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Words();
}
