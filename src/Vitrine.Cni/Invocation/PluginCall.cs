using Vitrine.Cni.Config;

namespace Vitrine.Cni.Invocation;

/// <summary>The CNI_* environment of one call, checked before anything is opened (specification section 2, "Parameters").</summary>
internal sealed record PluginCall(string Command, string ContainerId, string InterfaceName, string? NetnsPath, CallArguments Arguments)
{
    internal Attachment Attachment => new(ContainerId, InterfaceName);

    /// <summary>namespace/name, or null when the caller did not say.</summary>
    internal string? Pod => Arguments.Pod;

    internal string? PodUid => Arguments.PodUid;

    /// <exception cref="CniException">invalid environment (4)</exception>
    internal static PluginCall Read(Func<string, string?> variable)
    {
        string? Get(string name) => variable(name) is { Length: > 0 } value ? value : null;
        var command = Get("CNI_COMMAND") ?? throw Invalid("CNI_COMMAND is missing", "run by a container runtime, this plugin gets its command in the environment");
        var containerId = Get("CNI_CONTAINERID");
        var ifname = Get("CNI_IFNAME");
        var netns = Get("CNI_NETNS");
        var (needsAttachment, needsNetns) = command switch
        {
            "ADD" or "CHECK" => (true, true),
            "DEL" => (true, false),
            "GC" or "STATUS" or "VERSION" => (false, false),
            _ => throw Invalid("unknown CNI_COMMAND", "it is ADD, DEL, CHECK, GC, STATUS or VERSION"),
        };
        if (!needsAttachment)
            return new PluginCall(command, "", "", null, CallArguments.None);
        if (containerId is null || !Names.IsIdentifier(containerId))
            throw Invalid(containerId is null ? "CNI_CONTAINERID is missing" : "invalid CNI_CONTAINERID", "it starts with a letter or digit and holds letters, digits, '_', '.', '-' only");
        if (ifname is null || !Names.IsInterfaceName(ifname))
            throw Invalid(ifname is null ? "CNI_IFNAME is missing" : "invalid CNI_IFNAME", "an interface name has 1 to 15 characters without '/', ':' and spaces");
        if (needsNetns && netns is null)
            throw Invalid("CNI_NETNS is missing", $"{command} needs the path of the container's network namespace");
        if (netns is not null && !Names.IsCleanPath(netns))
            throw Invalid("invalid CNI_NETNS", "it is an absolute path without '.', '..' and empty components");
        return new PluginCall(command, containerId, ifname, netns, CallArguments.Read(Get("CNI_ARGS"), strict: command != "DEL"));
    }

    private static CniException Invalid(string message, string details) => new(ErrorCode.InvalidEnvironment, message, details);
}
