using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group events.k8s.io: the core group's events under newer names. Source: pkg/apis/events/v1/conversion.go.</summary>
internal static class EventsKinds
{
    private const string ApiVersion = "events.k8s.io/v1";

    private static readonly OtherForm s_form = new(CoreKinds.Event, ApiVersion,
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ]);

    public static Kind Event { get; } = new()
    {
        Group = "events.k8s.io",
        Version = "v1",
        Name = "Event",
        Plural = "events",
        Singular = "event",
        Namespaced = true,
        ShortNames = ["ev"],
        Schema = "io.k8s.api.events.v1.Event",
        Form = s_form,
        HasDependents = false,
        Default = EventDefaults.ApplyNewForm,
        Validate = static (value, old, causes) => EventRules.CheckNewForm(s_form.Stored(value), old is null ? null : s_form.Stored(old), causes),
        Table = EventTable.Layout with { Row = static (value, now) => EventTable.Layout.Row(s_form.Stored(value), now) },
        SelectableFields = SelectableFields.OfNewEvents,
    };
}
