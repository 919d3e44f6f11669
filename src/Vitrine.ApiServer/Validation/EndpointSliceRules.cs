using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateEndpointSlice of pkg/apis/discovery/validation.</summary>
internal static class EndpointSliceRules
{
    private const int MaxAddresses = 100;
    private const int MaxPorts = 20000;
    private const int MaxEndpoints = 1000;
    private const int MaxHints = 8;

    public static void Check(JsonObject slice, JsonObject? old, List<FieldCause> causes)
    {
        var type = slice.Text("addressType");
        if (causes.Require(slice, "", "addressType"))
        {
            causes.OneOf(slice, "", "addressType", "FQDN", "IPv4", "IPv6");
        }
        if (old is not null)
        {
            causes.Unchanged(slice, old, "", "addressType");
        }
        Endpoints(slice, type, causes);
        Ports(slice, causes);
    }

    private static void Endpoints(JsonObject slice, string type, List<FieldCause> causes)
    {
        var endpoints = slice.Objects("endpoints").ToArray();
        if (endpoints.Length > MaxEndpoints)
        {
            causes.Add(TooMany("endpoints", endpoints.Length, MaxEndpoints));
            return;
        }
        for (var i = 0; i < endpoints.Length; i++)
        {
            var (endpoint, at) = (endpoints[i], $"endpoints[{i}]");
            var addresses = ServiceFields.Texts(endpoint, "addresses");
            if (addresses.Count == 0)
            {
                causes.Add(Cause.Required($"{at}.addresses", "must contain at least 1 address"));
            }
            else if (addresses.Count > MaxAddresses)
            {
                causes.Add(TooMany($"{at}.addresses", addresses.Count, MaxAddresses));
            }
            for (var j = 0; j < addresses.Count; j++)
            {
                Address($"{at}.addresses[{j}]", addresses[j], type, causes);
            }
            if (endpoint.Has("hostname"))
            {
                causes.Named($"{at}.hostname", endpoint.Text("hostname"), Names.Label);
            }
            if (endpoint.Has("nodeName"))
            {
                causes.Named($"{at}.nodeName", endpoint.Text("nodeName"), Names.Subdomain);
            }
            Hints(endpoint.Object("hints"), "forZones", $"{at}.hints", Names.Qualified, causes);
            Hints(endpoint.Object("hints"), "forNodes", $"{at}.hints", Names.Subdomain, causes);
        }
    }

    private static void Address(string field, string text, string type, List<FieldCause> causes)
    {
        if (type == "FQDN")
        {
            causes.Named(field, text, Names.Subdomain);
            return;
        }
        if (!causes.Address(field, text))
        {
            return;
        }
        if (type is "IPv4" or "IPv6" && IpFamilies.Of(IPAddress.Parse(text)).ToString() != type)
        {
            causes.Add(Cause.Invalid(field, text, $"must be an {type} address"));
        }
        causes.NotSpecial(field, text);
    }

    private static void Hints(JsonObject? hints, string field, string path, Func<string, IEnumerable<string>> syntax, List<FieldCause> causes)
    {
        var names = hints.Objects(field).Select(static hint => hint.Text("name")).ToArray();
        if (names.Length > MaxHints)
        {
            causes.Add(TooMany($"{path}.{field}", names.Length, MaxHints));
            return;
        }
        for (var i = 0; i < names.Length; i++)
        {
            causes.Named($"{path}.{field}[{i}].name", names[i], syntax);
            if (names.Take(i).Contains(names[i]))
            {
                causes.Add(Cause.Duplicate($"{path}.{field}[{i}].name", names[i]));
            }
        }
    }

    private static void Ports(JsonObject slice, List<FieldCause> causes)
    {
        var ports = slice.Objects("ports").ToArray();
        if (ports.Length > MaxPorts)
        {
            causes.Add(TooMany("ports", ports.Length, MaxPorts));
            return;
        }
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Length; i++)
        {
            var (port, at, name) = (ports[i], $"ports[{i}]", ports[i].Text("name"));
            if (name.Length > 0)
            {
                causes.Named($"{at}.name", name, Names.Label);
            }
            if (!names.Add(name))
            {
                causes.Add(Cause.Duplicate($"{at}.name", name));
            }
            if (port.Number("port") is { } number and not (>= 1 and <= 65535))
            {
                causes.Add(Cause.Invalid($"{at}.port", number, "must be between 1 and 65535, inclusive"));
            }
            causes.OneOf(port, at, "protocol", "SCTP", "TCP", "UDP");
            if (port.Text("appProtocol") is { Length: > 0 } app)
            {
                causes.Named($"{at}.appProtocol", app, Names.Qualified);
            }
        }
    }

    private static FieldCause TooMany(string field, int count, int most) =>
        new("FieldValueTooMany", field, $"Too many: {count}: must have at most {most} items");
}
