using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Probes and lifecycle hooks: exactly one action each.</summary>
internal static partial class HandlerRules
{
    private static readonly string[] Actions = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

    public static void Hook(JsonObject? lifecycle, string field, string path, List<FieldCause> causes)
    {
        if (lifecycle.Object(field) is { } hook)
        {
            Action(hook, $"{path}.{field}", causes);
        }
    }

    /// <summary>KEP-4960: a signal of the pod's own system, which it therefore names.</summary>
    public static void Signal(JsonObject? lifecycle, JsonObject spec, string path, List<FieldCause> causes)
    {
        if (lifecycle.Text("stopSignal") is not { Length: > 0 } signal)
        {
            return;
        }
        if (spec.Object("os").Text("name").Length == 0)
        {
            causes.Add(Cause.Forbidden($"{path}.stopSignal", "may not be set for containers with empty `spec.os.name`"));
        }
        if (!SignalName().IsMatch(signal))
        {
            causes.Add(Cause.Invalid($"{path}.stopSignal", signal, "must be the name of a signal, such as SIGTERM or SIGRTMIN+3"));
        }
    }

    [GeneratedRegex("^SIG(?:ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(?:[+](?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?)$")]
    private static partial Regex SignalName();

    public static void Probe(JsonObject container, string field, string path, bool onceSucceeds, List<FieldCause> causes)
    {
        if (container.Object(field) is not { } probe)
        {
            return;
        }
        var at = $"{path}.{field}";
        Action(probe, at, causes);
        foreach (var number in (ReadOnlySpan<string>)["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            causes.AtLeastZero(probe, at, number);
        }
        if (onceSucceeds && probe.Number("successThreshold") is { } successes && successes != 1)
        {
            causes.Add(Cause.Invalid($"{at}.successThreshold", successes, "must be 1"));
        }
        if (probe.Number("terminationGracePeriodSeconds") is <= 0 and { } grace)
        {
            causes.Add(Cause.Invalid($"{at}.terminationGracePeriodSeconds", grace, "must be greater than 0"));
        }
    }

    private static void Action(JsonObject handler, string path, List<FieldCause> causes)
    {
        var given = Actions.Where(a => handler.Object(a) is not null).ToArray();
        if (given.Length == 0)
        {
            causes.Add(Cause.Required(path, "must specify a handler type"));
            return;
        }
        foreach (var extra in given[1..])
        {
            causes.Add(Cause.Forbidden($"{path}.{extra}", "may not specify more than 1 handler type"));
        }
        var at = $"{path}.{given[0]}";
        var action = handler.Object(given[0])!;
        switch (given[0])
        {
            case "exec" when action.Array("command") is not { Count: > 0 }:
                causes.Add(Cause.Required($"{at}.command"));
                break;
            case "httpGet":
                causes.Require(action, at, "path");
                causes.Port(action, at, "port");
                causes.OneOf(action, at, "scheme", "HTTP", "HTTPS");
                break;
            case "tcpSocket" or "grpc":
                causes.Port(action, at, "port");
                break;
            case "sleep":
                causes.AtLeastZero(action, at, "seconds");
                break;
        }
    }
}
