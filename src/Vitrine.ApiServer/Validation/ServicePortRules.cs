using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer.Validation;

/// <summary>spec.ports of a Service. Source: ValidateService and validateServicePort of pkg/apis/core/validation.</summary>
internal static class ServicePortRules
{
    private const string Range = "must be between 1 and 65535, inclusive";

    public static void Check(JsonObject spec, string type, List<FieldCause> causes)
    {
        var ports = spec.Objects("ports").ToArray();
        var headless = ServiceFields.IsHeadless(spec);
        if (ports.Length == 0 && !headless && type != "ExternalName")
        {
            causes.Add(Cause.Required("spec.ports"));
        }
        var (names, seen, nodePorts) = (new HashSet<string>(), new HashSet<(string, long)>(), new HashSet<(string, long)>());
        for (var i = 0; i < ports.Length; i++)
        {
            var (port, at) = (ports[i], $"spec.ports[{i}]");
            Name(port, at, ports.Length > 1, names, causes);
            if (port.Number("port") is not (>= 1 and <= 65535))
            {
                causes.Add(Cause.Invalid($"{at}.port", port.Number("port") ?? 0, Range));
            }
            causes.OneOf(port, at, "protocol", "SCTP", "TCP", "UDP");
            if (type != "ExternalName")
            {
                causes.Port(port, at, "targetPort");
            }
            if (port.Text("appProtocol") is { Length: > 0 } app)
            {
                causes.Named($"{at}.appProtocol", app, Names.Qualified);
            }
            if (!seen.Add((port.Text("protocol"), port.Number("port") ?? 0)))
            {
                causes.Add(new FieldCause("FieldValueDuplicate", at, $"Duplicate value: {{\"protocol\":\"{port.Text("protocol")}\",\"port\":{port.Number("port")}}}"));
            }
            NodePort(spec, port, at, nodePorts, causes);
        }
    }

    private static void Name(JsonObject port, string at, bool required, HashSet<string> names, List<FieldCause> causes)
    {
        var name = port.Text("name");
        if (name.Length == 0)
        {
            if (required)
            {
                causes.Add(Cause.Required($"{at}.name"));
            }
            return;
        }
        causes.Named($"{at}.name", name, Names.Label);
        if (!names.Add(name))
        {
            causes.Add(Cause.Duplicate($"{at}.name", name));
        }
    }

    private static void NodePort(JsonObject spec, JsonObject port, string at, HashSet<(string, long)> nodePorts, List<FieldCause> causes)
    {
        if (port.Number("nodePort") is not { } number || number == 0)
        {
            return;
        }
        if (!ServiceFields.MayHaveNodePorts(spec))
        {
            causes.Add(Cause.Forbidden($"{at}.nodePort", "may not be used when `type` is '" + ServiceFields.Type(spec) + "'"));
        }
        else if (number is < 1 or > 65535)
        {
            causes.Add(Cause.Invalid($"{at}.nodePort", number, Range));
        }
        if (!nodePorts.Add((port.Text("protocol"), number)))
        {
            causes.Add(Cause.Duplicate($"{at}.nodePort", number));
        }
    }
}
