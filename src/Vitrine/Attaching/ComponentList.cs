namespace Vitrine.Attaching;

/// <summary>--components: names with commas between, or all.</summary>
internal static class ComponentList
{
    private static readonly (string Name, NodeComponents Component)[] Known =
    [
        ("cni", NodeComponents.Cni), ("routes", NodeComponents.Routes), ("services", NodeComponents.Services), ("dns", NodeComponents.Dns), ("policy", NodeComponents.Policy), ("gateway", NodeComponents.Gateway),
    ];

    /// <exception cref="CommandFailure">a name that is none, or none at all</exception>
    public static NodeComponents Parse(string text)
    {
        var wanted = NodeComponents.None;
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            wanted |= name == "all" ? NodeComponents.All : Known.FirstOrDefault(k => k.Name == name).Component is var one and not NodeComponents.None ? one
                : throw new CommandFailure($"--components {name} is no component", $"choose of {string.Join(",", Known.Select(k => k.Name))}, or all");
        return wanted != NodeComponents.None ? wanted : throw new CommandFailure("--components names nothing to run", $"choose of {string.Join(",", Known.Select(k => k.Name))}, or all");
    }

    public static string Write(NodeComponents components) => string.Join(',', Known.Where(k => components.HasFlag(k.Component)).Select(k => k.Name));
}
