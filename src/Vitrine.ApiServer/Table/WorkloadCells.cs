using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Table;

/// <summary>Cells that the tables of workloads share. Source: pkg/printers/internalversion.</summary>
internal static class WorkloadCells
{
    public const string None = "<none>";

    public static TableColumn Containers { get; } = new("Containers", "Names of each container in the template.", 1);

    public static TableColumn Images { get; } = new("Images", "Images referenced by each container in the template.", 1);

    public static TableColumn Selector { get; } = new("Selector", "Label selector of the pods.", 1);

    public static string ContainersOf(JsonObject spec) => Joined(spec, "name");

    public static string ImagesOf(JsonObject spec) => Joined(spec, "image");

    public static string SelectorOf(JsonObject? selector) => SelectorObject.Read(selector) is not { } read ? "<error>" : OrNone(read.Text());

    public static string LabelsOf(JsonObject? labels) => OrNone(SelectorObject.OfLabels(labels).Text());

    public static string OrNone(string text) => text.Length > 0 ? text : None;

    public static JsonObject Spec(JsonObject obj) => obj.Object("spec") ?? [];

    public static long Count(JsonObject obj, string parent, string field) => obj[parent].Number(field) ?? 0;

    private static string Joined(JsonObject spec, string field) =>
        string.Join(',', spec.Object("template").Object("spec").Objects("containers").Select(container => container.Text(field)));
}
