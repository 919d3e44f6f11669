using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printControllerRevision of pkg/printers/internalversion.</summary>
internal static class ControllerRevisionTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Controller", "Controller of the object"),
        new("Revision", "Revision indicates the revision of the state represented by the revision.", Type: "integer"),
        TableColumn.Age,
    ],
    static (revision, now) => [Ages.NameOf(revision), Controller(revision), revision.Number("revision") ?? 0, Ages.Of(revision, now)]);

    private static string Controller(JsonObject revision)
    {
        if (revision["metadata"].Objects("ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is not { } owner)
        {
            return WorkloadCells.None;
        }
        var group = owner.Text("apiVersion").Split('/') is [var named, _] ? "." + named : "";
        return $"{owner.Text("kind").ToLowerInvariant()}{group}/{owner.Text("name")}";
    }
}
