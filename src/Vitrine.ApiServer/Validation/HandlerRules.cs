using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Probes and lifecycle hooks: exactly one action each.</summary>
internal static class HandlerRules
{
    private static readonly string[] Actions = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

    public static void Hook(JsonObject? lifecycle, string field, string path, List<FieldCause> causes)
    {
        if (lifecycle.Object(field) is { } hook)
        {
            Action(hook, $"{path}.{field}", causes);
        }
    }

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
