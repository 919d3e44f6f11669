using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Ingresses and their classes. Source: printIngress and printIngressClass of pkg/printers/internalversion.</summary>
internal static class IngressTables
{
    private const int ShownHosts = 3;

    public static TableLayout Ingresses { get; } = new(
        [
            TableColumn.ObjectName,
            new("Class", "The name of the IngressClass resource that should be used for additional configuration"),
            new("Hosts", "Hosts that incoming requests are matched against before the ingress rule"),
            new("Address", "Address is a list containing ingress points for the load-balancer"),
            new("Ports", "Ports of TLS configurations that open"),
            TableColumn.Age,
        ],
        static (ingress, now) =>
        [
            Ages.NameOf(ingress),
            OrNone(ingress.TextAt("spec.ingressClassName")),
            Hosts([.. ingress.Object("spec").Objects("rules")]),
            string.Join(',', ingress.Object("status").Object("loadBalancer").Objects("ingress")
                .Select(static at => at.Text("ip") is { Length: > 0 } ip ? ip : at.Text("hostname")).Where(static text => text.Length > 0).Distinct(StringComparer.Ordinal)),
            ingress.Object("spec").Objects("tls").Any() ? "80, 443" : "80",
            Ages.Of(ingress, now),
        ]);

    public static TableLayout Classes { get; } = new(
        [
            TableColumn.ObjectName,
            new("Controller", "Controller that is responsible for handling this class"),
            new("Parameters", "A reference to a resource with additional parameters"),
            TableColumn.Age,
        ],
        static (value, now) => [Ages.NameOf(value), value.TextAt("spec.controller"), Parameters(value.Object("spec").Object("parameters")), Ages.Of(value, now)]);

    private static string Hosts(JsonObject[] rules)
    {
        var hosts = rules.Select(static rule => rule.Text("host")).Where(static host => host.Length > 0).ToArray();
        return hosts.Length == 0 ? "*" : string.Join(',', hosts.Take(ShownHosts)) + (hosts.Length > ShownHosts ? $" + {rules.Length - ShownHosts} more..." : "");
    }

    private static string Parameters(JsonObject? parameters) => parameters is null ? "<none>"
        : parameters.Text("kind") + (parameters.Text("apiGroup") is { Length: > 0 } group ? $".{group}" : "") + $"/{parameters.Text("name")}";
}
