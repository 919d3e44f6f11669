using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Runs `vitrine explain -o json` as a user would.</summary>
internal static class Explain
{
    public static async Task<(int Code, JsonElement Report)> AskAsync(TestCluster cluster, string ns, string from, string to, params string[] more)
    {
        var said = await Shell.RunAsync(TestCluster.Vitrine, ["explain", from, to, "--name", cluster.Name, "-n", ns, "-o", "json", .. more]);
        Assert.True(said.Output.StartsWith('{'), said.All);
        Assert.True(said.ExitCode != 2, $"prediction and kernel disagree: {said.All}");
        return (said.ExitCode, JsonDocument.Parse(said.Output).RootElement.Clone());
    }

    /// <summary>A text of a report, or of a part of one; empty where it is not there.</summary>
    public static string Text(JsonElement report, string name) => report.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    /// <summary>Does what a report says.</summary>
    public static async Task MendAsync(TestCluster cluster, JsonElement report)
    {
        var mended = await Shell.RunAsync("sh", ["-c", Text(report, "command").Replace("kubectl ", $"kubectl --kubeconfig {cluster.Kubeconfig} ", StringComparison.Ordinal)]);
        Assert.True(mended.ExitCode == 0, mended.All);
    }
}
