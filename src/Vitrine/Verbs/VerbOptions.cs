using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>Options that several verbs have, spelled once.</summary>
internal static class VerbOptions
{
    /// <summary>--name: which cluster.</summary>
    public static Option<string> Name() => new("--name", "-n") { Description = "Name of the cluster.", DefaultValueFactory = _ => ClusterSpec.DefaultName };

    /// <summary>A text that may be empty, as --NAME= is where the manifests' setting is: the same as none at all.</summary>
    public static Option<string?> OrEmpty(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

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
