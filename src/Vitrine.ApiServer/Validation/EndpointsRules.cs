using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateEndpoints of pkg/apis/core/validation.</summary>
internal static class EndpointsRules
{
    public static void Check(JsonObject endpoints, JsonObject? old, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var subset in endpoints.Objects("subsets"))
        {
            var at = $"subsets[{index++}]";
            if (!subset.Objects("addresses").Any() && !subset.Objects("notReadyAddresses").Any())
            {
                causes.Add(Cause.Required(at, "must specify `addresses` or `notReadyAddresses`"));
            }
            Addresses(subset, $"{at}.addresses", "addresses", causes);
            Addresses(subset, $"{at}.notReadyAddresses", "notReadyAddresses", causes);
            Ports(subset, at, causes);
        }
    }

    private static void Addresses(JsonObject subset, string path, string field, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var address in subset.Objects(field))
        {
            var at = $"{path}[{index++}]";
            if (causes.Address($"{at}.ip", address.Text("ip")))
            {
                causes.NotSpecial($"{at}.ip", address.Text("ip"));
            }
            if (address.Text("hostname") is { Length: > 0 } name)
            {
                causes.Named($"{at}.hostname", name, Names.Label);
            }
            if (address.Text("nodeName") is { Length: > 0 } node)
            {
                causes.Named($"{at}.nodeName", node, Names.Subdomain);
            }
        }
    }

    private static void Ports(JsonObject subset, string path, List<FieldCause> causes)
    {
        var ports = subset.Objects("ports").ToArray();
        for (var i = 0; i < ports.Length; i++)
        {
            var at = $"{path}.ports[{i}]";
            if (ports[i].Text("name") is { Length: > 0 } name)
            {
                causes.Named($"{at}.name", name, Names.Label);
            }
            else if (ports.Length > 1)
            {
                causes.Add(Cause.Required($"{at}.name"));
            }
            if (ports[i].Number("port") is not (>= 1 and <= 65535))
            {
                causes.Add(Cause.Invalid($"{at}.port", ports[i].Number("port") ?? 0, "must be between 1 and 65535, inclusive"));
            }
            causes.OneOf(ports[i], at, "protocol", "SCTP", "TCP", "UDP");
            if (ports[i].Text("appProtocol") is { Length: > 0 } app)
            {
                causes.Named($"{at}.appProtocol", app, Names.Qualified);
            }
        }
    }
}
