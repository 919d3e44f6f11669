using System.Net;
using Vitrine.Attaching;

namespace Vitrine.Installing;

/// <summary>What of the settings can be asked of the cluster itself.</summary>
internal static class TargetCluster
{
    /// <summary>Its API server's URL, and the version of its PodDisruptionBudgets. It only looks.</summary>
    /// <exception cref="CommandFailure">it does not answer</exception>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>> AskAsync(string kubeconfig, CancellationToken ct)
    {
        var config = ApiAccess.Read(kubeconfig, null);
        using var api = ApiAccess.Connect(config);
        try
        {
            using var answer = await api.HttpClient.GetAsync(new Uri(api.BaseUri, "apis/policy/v1"), ct);
            var host = new Uri(config.Host);
            return
            [
                new("policyVersion", answer.StatusCode == HttpStatusCode.NotFound ? "policy/v1beta1" : "policy/v1"),
                // A loopback address is another machine's on every node.
                .. host.IsLoopback ? [] : new[] { new KeyValuePair<string, string>("apiServer", $"{host}".TrimEnd('/')) },
            ];
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailure($"the API server at {config.Host} does not answer: {e.Message}", "check --kubeconfig, or leave it out and give --set apiServer=URL --set policyVersion=policy/v1");
        }
    }
}
