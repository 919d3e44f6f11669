using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printService of pkg/printers/internalversion.</summary>
internal static class ServiceTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Type", "type determines how the Service is exposed."),
        new("Cluster-IP", "clusterIP is the IP address of the service."),
        new("External-IP", "Addresses by which the Service is reached from outside the cluster."),
        new("Port(s)", "The list of ports that are exposed by this service."),
        TableColumn.Age,
        new("Selector", "Route service traffic to pods with label keys and values matching this selector.", 1),
    ],
    static (service, now) =>
    [
        Ages.NameOf(service),
        ServiceFields.Type(Spec(service)),
        OrNone(Spec(service).Text("clusterIP")),
        External(service, Spec(service)),
        Ports(Spec(service)),
        Ages.Of(service, now),
        LabelsOf(Spec(service).Object("selector")),
    ]);

    private static string External(JsonObject service, JsonObject spec)
    {
        var external = ServiceFields.Texts(spec, "externalIPs");
        switch (ServiceFields.Type(spec))
        {
            case "LoadBalancer":
                string[] ingress = [.. service.Object("status").Object("loadBalancer").Objects("ingress")
                    .Select(static entry => entry.Text("ip") is { Length: > 0 } address ? address : entry.Text("hostname")).Where(static text => text.Length > 0).Distinct(StringComparer.Ordinal)];
                return ingress.Length == 0 && external.Count == 0 ? "<pending>" : string.Join(',', [.. ingress, .. external]);
            case "ExternalName":
                return spec.Text("externalName");
            default:
                return OrNone(string.Join(',', external));
        }
    }

    private static string Ports(JsonObject spec) => OrNone(string.Join(',', spec.Objects("ports").Select(static port =>
        port.Number("nodePort") is > 0 and var node ? $"{port.Number("port")}:{node}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}")));
}
