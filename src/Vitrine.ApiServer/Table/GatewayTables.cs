using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Columns of the Gateway API's kinds, as the additionalPrinterColumns of its custom resources have them.</summary>
internal static class GatewayTables
{
    public static TableLayout Classes { get; } = new(
        [TableColumn.ObjectName, new("Controller", "Who serves Gateways of this class"), new("Accepted", "Whether that controller does"), TableColumn.Age, new("Description", "What the class is for", 1)],
        static (value, now) => [Ages.NameOf(value), value.TextAt("spec.controllerName"), Condition(value, "Accepted"), Ages.Of(value, now), value.TextAt("spec.description")]);

    public static TableLayout Gateways { get; } = new(
        [TableColumn.ObjectName, new("Class", "The GatewayClass"), new("Address", "Where clients reach it"), new("Programmed", "Whether it is served"), TableColumn.Age],
        static (value, now) =>
        [
            Ages.NameOf(value), value.TextAt("spec.gatewayClassName"), string.Join(',', value.Object("status").Objects("addresses").Select(static a => a.Text("value"))),
            Condition(value, "Programmed"), Ages.Of(value, now),
        ]);

    public static TableLayout Routes { get; } = new(
        [TableColumn.ObjectName, new("Hostnames", "Hosts that the route is for"), TableColumn.Age],
        static (value, now) =>
        [
            Ages.NameOf(value), value.Object("spec").Array("hostnames") is { Count: > 0 } hosts ? hosts.ToJsonString() : "", Ages.Of(value, now),
        ]);

    public static TableLayout Grants { get; } = new([TableColumn.ObjectName, TableColumn.Age], static (value, now) => [Ages.NameOf(value), Ages.Of(value, now)]);

    private static string Condition(JsonObject value, string type) => value.Object("status").Objects("conditions").FirstOrDefault(c => c.Text("type") == type).Text("status");
}
