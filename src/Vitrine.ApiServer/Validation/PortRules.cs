using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class PortRules
{
    private const string Range = "must be between 1 and 65535, inclusive";

    /// <summary>Adds the container's host ports to <paramref name="hostPorts"/>: two containers of a pod cannot share one.</summary>
    public static void Check(JsonObject container, string path, bool hostNetwork, HashSet<(string, string, long)> hostPorts, List<FieldCause> causes)
    {
        var names = new HashSet<string>();
        var index = 0;
        foreach (var port in container.Objects("ports"))
        {
            var at = $"{path}.ports[{index++}]";
            if (port.Text("name") is { Length: > 0 } name)
            {
                causes.Named($"{at}.name", name, Names.PortName);
                if (!names.Add(name))
                {
                    causes.Add(Cause.Duplicate($"{at}.name", name));
                }
            }
            Numbers(port, at, hostNetwork, causes);
            if (causes.Require(port, at, "protocol"))
            {
                causes.OneOf(port, at, "protocol", "SCTP", "TCP", "UDP");
            }
            if (port.Number("hostPort") is > 0 and { } taken && !hostPorts.Add((port.Text("protocol"), port.Text("hostIP"), taken)))
            {
                causes.Add(new FieldCause("FieldValueDuplicate", $"{at}.hostPort",
                    $"Duplicate value: \"{port.Text("hostIP")}/{port.Text("protocol")}/{taken}\""));
            }
        }
    }

    private static void Numbers(JsonObject port, string at, bool hostNetwork, List<FieldCause> causes)
    {
        var number = port.Number("containerPort") ?? 0;
        if (number == 0)
        {
            causes.Add(Cause.Required($"{at}.containerPort"));
        }
        else if (number is < 1 or > 65535)
        {
            causes.Add(Cause.Invalid($"{at}.containerPort", number, Range));
        }
        if (port.Number("hostPort") is not { } host || host == 0)
        {
            return;
        }
        if (host is < 1 or > 65535)
        {
            causes.Add(Cause.Invalid($"{at}.hostPort", host, Range));
        }
        else if (hostNetwork && host != number)
        {
            causes.Add(Cause.Invalid($"{at}.containerPort", number, "must match `hostPort` when `hostNetwork` is true"));
        }
    }
}
