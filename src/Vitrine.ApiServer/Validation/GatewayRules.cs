using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Gateways, their classes and grants: the schemas of the custom resources and their CEL rules.</summary>
internal static class GatewayRules
{
    private const int MaxListeners = 64;

    public static void CheckClass(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var controller = value.TextAt("spec.controllerName");
        if (controller.Split('/', 2) is not [{ Length: > 0 } domain, { Length: > 0 }] || Names.Subdomain(domain).Any())
        {
            causes.Add(Cause.Invalid("spec.controllerName", controller, "must be a domain-prefixed path (such as \"example.com/gateway\")"));
        }
        if (old is not null && controller != old.TextAt("spec.controllerName"))
        {
            causes.Add(Cause.Invalid("spec.controllerName", controller, "Value is immutable"));
        }
    }

    public static void Check(JsonObject gateway, JsonObject? old, List<FieldCause> causes)
    {
        var spec = gateway.Object("spec");
        causes.Require(spec, "spec", "gatewayClassName");
        var listeners = spec.Objects("listeners").ToArray();
        if (listeners.Length is 0 or > MaxListeners)
        {
            causes.Add(Cause.Invalid("spec.listeners", listeners.Length, $"must have between 1 and {MaxListeners} items"));
            return;
        }
        var (names, ports) = (new HashSet<string>(), new HashSet<(long, string, string)>());
        for (var i = 0; i < listeners.Length; i++)
        {
            var (listener, at) = (listeners[i], $"spec.listeners[{i}]");
            causes.Named($"{at}.name", listener.Text("name"), Names.Subdomain);
            if (!names.Add(listener.Text("name")))
            {
                causes.Add(Cause.Invalid("spec.listeners", listener.Text("name"), "Listener name must be unique within the Gateway"));
            }
            if (!ports.Add((listener.Number("port") ?? 0, listener.Text("protocol"), listener.Text("hostname"))))
            {
                causes.Add(Cause.Invalid("spec.listeners", listener.Text("name"), "Combination of port, protocol and hostname must be unique for each listener"));
            }
            Listener(listener, at, causes);
        }
    }

    public static void CheckGrant(JsonObject grant, JsonObject? old, List<FieldCause> causes)
    {
        foreach (var side in (ReadOnlySpan<string>)["from", "to"])
        {
            var all = grant.Object("spec").Objects(side).ToArray();
            if (all.Length is 0 or > 16)
            {
                causes.Add(Cause.Invalid($"spec.{side}", all.Length, "must have between 1 and 16 items"));
            }
            for (var i = 0; i < all.Length; i++)
            {
                causes.Require(all[i], $"spec.{side}[{i}]", "kind");
                if (side == "from")
                {
                    causes.Require(all[i], $"spec.{side}[{i}]", "namespace");
                }
            }
        }
    }

    private static void Listener(JsonObject listener, string at, List<FieldCause> causes)
    {
        if (listener.Number("port") is not (>= 1 and <= 65535))
        {
            causes.Add(Cause.Invalid($"{at}.port", listener.Number("port") ?? 0, "must be between 1 and 65535, inclusive"));
        }
        var (protocol, tls, host) = (listener.Text("protocol"), listener.Object("tls"), listener.Text("hostname"));
        causes.Require(listener, at, "protocol");
        RouteRules.Hostname($"{at}.hostname", host, causes);
        if (protocol is "HTTP" or "TCP" or "UDP" && tls is not null)
        {
            causes.Add(Cause.Invalid(at, protocol, "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']"));
        }
        if (protocol is "TCP" or "UDP" && host.Length > 0)
        {
            causes.Add(Cause.Invalid(at, host, "hostname must not be specified for protocols ['TCP', 'UDP']"));
        }
        if (protocol == "HTTPS" && tls.Text("mode") is { Length: > 0 } mode && mode != "Terminate")
        {
            causes.Add(Cause.Invalid(at, mode, "tls mode must be Terminate for protocol HTTPS"));
        }
        if (protocol == "TLS" && tls is null)
        {
            causes.Add(Cause.Invalid(at, protocol, "tls mode must be set for protocol TLS"));
        }
        causes.OneOf(tls, $"{at}.tls", "mode", "Passthrough", "Terminate");
        if (tls is not null && tls.Text("mode") == "Terminate" && !tls.Objects("certificateRefs").Any() && tls.Object("options") is not { Count: > 0 })
        {
            causes.Add(Cause.Invalid($"{at}.tls", "Terminate", "certificateRefs or options must be specified when mode is Terminate"));
        }
        var namespaces = listener.Object("allowedRoutes").Object("namespaces");
        causes.OneOf(namespaces, $"{at}.allowedRoutes.namespaces", "from", "All", "None", "Same", "Selector");
    }
}
