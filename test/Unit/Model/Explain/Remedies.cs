using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Model.Explain;

/// <summary>What a remedy's command writes, without a kubectl.</summary>
internal static class Remedies
{
    /// <summary>The object of `echo '…' | kubectl apply -f -`; none of another command.</summary>
    public static NetworkPolicy[] Written(string command) => command.StartsWith("echo '", StringComparison.Ordinal) ? [PolicyReader.Read(KubernetesJson.Deserialize<V1NetworkPolicy>(Quoted(command)))] : [];

    /// <summary>The only operation of `kubectl patch KIND NAME … --type=json -p '[…]'`, done to an object.</summary>
    public static void Patch(string command, JsonObject value)
    {
        var operation = JsonNode.Parse(Quoted(command))!.AsArray().Single()!;
        string[] path = ((string)operation["path"]!).Split('/')[1..];
        JsonNode at = value;
        foreach (var step in path[..^1])
            at = at[step]!;
        var list = at.AsArray();
        list.Insert(path[^1] == "-" ? list.Count : int.Parse(path[^1], System.Globalization.CultureInfo.InvariantCulture), operation["value"]!.DeepClone());
    }

    private static string Quoted(string command) => command.Split('\'')[1];
}
