using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>Options that several verbs have, spelled once.</summary>
internal static class VerbOptions
{
    /// <summary>--name: which cluster.</summary>
    public static Option<string> Name() => new("--name", "-n") { Description = "Name of the cluster.", DefaultValueFactory = _ => ClusterSpec.DefaultName };

    /// <summary>NODE: which node of it.</summary>
    public static Argument<string> Node() => new("NODE") { Description = "Name of the node." };

    /// <summary>-o: "table" for people or "json" for programs.</summary>
    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "Output format.", DefaultValueFactory = _ => "table" };
        option.AcceptOnlyFromAmong("table", "json");
        return option;
    }
}
