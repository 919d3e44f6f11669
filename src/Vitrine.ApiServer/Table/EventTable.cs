using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>What kubectl prints of events. Source: printEvent of pkg/printers/internalversion.</summary>
internal static class EventTable
{
    public static TableLayout Layout { get; } = new(
    [
        new("Last Seen", "Time when this event was last observed"),
        new("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
        new("Reason", "Short, machine understandable string that gives the reason for this event being generated"),
        new("Object", "The object that this event is about."),
        new("Subobject", "The part of the object that this event is about.", 1),
        new("Source", "The component that reported this event.", 1),
        new("Message", "A human-readable description of the status of this operation."),
        new("First Seen", "Time when this event was first observed", 1),
        new("Count", "The number of times this event has occurred.", 1),
        new("Name", "Name must be unique within a namespace.", 1, Format: "name"),
    ],
    Row);

    private static TableCell[] Row(JsonObject obj, DateTimeOffset now)
    {
        var first = obj.Moment("firstTimestamp") ?? obj.Moment("eventTime");
        var last = obj.Moment("lastTimestamp") ?? first;
        var count = obj.Number("count") is > 0 and { } times ? times : 1;
        if (obj.Object("series") is { } series)
        {
            last = series.Moment("lastObservedTime") ?? last;
            count = series.Number("count") ?? count;
        }
        var involved = obj["involvedObject"];
        var target = involved.Text("kind").ToLowerInvariant();
        return
        [
            Ages.Since(last, now),
            obj.Text("type"),
            obj.Text("reason"),
            involved.Text("name") is { Length: > 0 } name ? $"{target}/{name}" : target,
            involved.Text("fieldPath"),
            Source(obj),
            obj.Text("message").Trim(),
            Ages.Since(first, now),
            count,
            Ages.NameOf(obj),
        ];
    }

    private static string Source(JsonObject obj)
    {
        var (component, host) = (obj.TextAt("source.component"), obj.TextAt("source.host"));
        if (component.Length == 0)
        {
            (component, host) = (obj.Text("reportingComponent"), obj.Text("reportingInstance"));
        }
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
