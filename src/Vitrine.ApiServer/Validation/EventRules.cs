using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class EventRules
{
    private const int MaxBytes = 128;
    private const int MaxMessageBytes = 1024;
    private const string Unset = "needs to be unset";

    private static readonly string[] s_immutable =
    [
        "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type", "eventTime", "action", "related", "reportingComponent", "reportingInstance",
    ];

    /// <summary>What holds in either form: who writes an eventTime says who he is and what he does.</summary>
    public static void Check(JsonObject obj, JsonObject? old, List<FieldCause> causes)
    {
        var (ns, of) = (obj.TextAt("metadata.namespace"), obj.TextAt("involvedObject.namespace"));
        var isNew = IsSet(obj, "eventTime");
        // Events of cluster-scoped objects live in "default", new ones also in "kube-system".
        var fits = of.Length == 0 ? ns == "default" || (isNew && ns == "kube-system") : isNew || of == ns;
        if (!fits)
        {
            causes.Add(Cause.Invalid("involvedObject.namespace", of, "does not match event.namespace"));
        }
        if (!isNew)
        {
            return;
        }
        var controller = obj.Text("reportingComponent");
        if (controller.Length == 0)
        {
            causes.Add(Cause.Required("reportingController"));
        }
        causes.Named("reportingController", controller, Names.Qualified);
        foreach (var field in (ReadOnlySpan<string>)["reportingInstance", "action", "reason"])
        {
            causes.Require(obj, "", field);
            AtMost(obj, field, MaxBytes, causes);
        }
        AtMost(obj, "message", MaxMessageBytes, causes);
    }

    /// <summary>The stricter rules of events.k8s.io/v1, for objects as they are stored. Source: pkg/apis/core/validation/events.go.</summary>
    public static void CheckNewForm(JsonObject obj, JsonObject? old, List<FieldCause> causes)
    {
        Check(obj, old, causes);
        if (old is null || !JsonNode.DeepEquals(obj["series"], old["series"]))
        {
            CheckSeries(obj.Object("series"), causes);
        }
        if (old is not null)
        {
            foreach (var field in s_immutable.Where(field => IsSet(obj, field) != IsSet(old, field) || (IsSet(obj, field) && !JsonNode.DeepEquals(obj[field], old[field]))))
            {
                causes.Add(Cause.Invalid(field == "reportingComponent" ? "reportingController" : field, obj[field], Cause.Immutable));
            }
            return;
        }
        if (!IsSet(obj, "eventTime"))
        {
            causes.Add(Cause.Required("eventTime"));
        }
        if (obj.Text("type") is not ("Normal" or "Warning") and var type)
        {
            causes.Add(Cause.Invalid("type", "", $"has invalid value: {type}"));
        }
        foreach (var field in (ReadOnlySpan<string>)["firstTimestamp", "lastTimestamp", "count", "source"])
        {
            if (IsSet(obj, field))
            {
                causes.Add(Cause.Invalid(field, "", Unset));
            }
        }
    }

    private static void CheckSeries(JsonObject? series, List<FieldCause> causes)
    {
        if (series is null)
        {
            return;
        }
        if ((series.Number("count") ?? 0) < 2)
        {
            causes.Add(Cause.Invalid("series.count", "", "should be at least 2"));
        }
        if (!IsSet(series, "lastObservedTime"))
        {
            causes.Add(Cause.Required("series.lastObservedTime"));
        }
    }

    // Go's types do not tell nothing from zero, "" or an empty object.
    private static bool IsSet(JsonObject obj, string field) => obj[field] switch
    {
        null => false,
        JsonObject one => one.Any(static pair => pair.Value is not null && pair.Value.AsText() != ""),
        var one => one.AsText() is not "" && one.AsNumber() is not 0,
    };

    private static void AtMost(JsonObject obj, string field, int most, List<FieldCause> causes)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(obj.Text(field)) > most)
        {
            causes.Add(Cause.Invalid(field, "", $"can have at most {most} characters"));
        }
    }
}
