using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class EventRules
{
    private const int MaxMessageBytes = 1024;

    public static void Check(JsonObject obj, JsonObject? old, List<FieldCause> causes)
    {
        var (ns, of) = (obj.TextAt("metadata.namespace"), obj.TextAt("involvedObject.namespace"));
        // Events of cluster-scoped objects live in "default" (or kube-system).
        var fits = of.Length == 0 ? ns is "default" or "kube-system" : of == ns;
        if (!fits)
        {
            causes.Add(Cause.Invalid("involvedObject.namespace", of, "does not match event.namespace"));
        }
        // Events of events.k8s.io carry eventTime, and stricter rules; legacy ones are free.
        if (obj.Text("eventTime").Length == 0)
        {
            return;
        }
        causes.OneOf(obj, "", "type", "Normal", "Warning");
        if (System.Text.Encoding.UTF8.GetByteCount(obj.Text("message")) > MaxMessageBytes)
        {
            causes.Add(Cause.Invalid("message", "", $"can have at most {MaxMessageBytes} characters"));
        }
        foreach (var field in (ReadOnlySpan<string>)["reportingComponent", "reportingInstance", "action", "reason"])
        {
            if (obj.Text(field).Length == 0)
            {
                causes.Add(Cause.Required(field));
            }
        }
    }
}
