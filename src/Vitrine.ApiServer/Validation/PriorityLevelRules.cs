using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Queues;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidatePriorityLevelConfiguration of pkg/apis/flowcontrol/validation.</summary>
internal static class PriorityLevelRules
{
    private const int MostQueues = 10_000_000;

    /// <summary>As many bits of a flow's hash are dealt from (k8s.io/apiserver pkg/util/shufflesharding).</summary>
    private const int HashBits = 60;

    public static void Check(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var (name, spec) = (value.TextAt("metadata.name"), value.Object("spec") ?? []);
        var type = spec.Text("type");
        if (name == "exempt" != (type == "Exempt"))
        {
            causes.Add(Cause.Invalid("spec.type", type, "type must be 'Exempt' if and only if `name` is 'exempt'"));
        }
        var (limited, exempt) = (spec.Object("limited"), spec.Object("exempt"));
        switch (type)
        {
            case "Exempt":
                Forbid(limited, "spec.limited", "must be nil if the type is not Limited", causes);
                Shares(exempt, "spec.exempt", causes);
                break;
            case "Limited" when limited is null:
                Forbid(exempt, "spec.exempt", "must be nil if the type is Limited", causes);
                causes.Add(Cause.Required("spec.limited", "must not be empty when type is Limited"));
                break;
            case "Limited":
                Forbid(exempt, "spec.exempt", "must be nil if the type is Limited", causes);
                Limited(limited, "spec.limited", causes);
                break;
            default:
                causes.Add(Cause.NotSupported("spec.type", type, "Exempt", "Limited"));
                break;
        }
        if (FlowDefaults.Mandatory("PriorityLevelConfiguration", name) is { } fixedSpec && !JsonNode.DeepEquals(WithoutExempt(spec), WithoutExempt(fixedSpec)))
        {
            causes.Add(Cause.Invalid("spec", spec, name == "exempt" ? "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value" : $"spec of '{name}' must equal the fixed value"));
        }
    }

    private static void Limited(JsonObject limited, string path, List<FieldCause> causes)
    {
        Shares(limited, path, causes);
        if (limited.Number("borrowingLimitPercent") is < 0 and { } borrowing)
        {
            causes.Add(Cause.Invalid($"{path}.borrowingLimitPercent", borrowing, "if specified, must be a non-negative integer"));
        }
        var response = limited.Object("limitResponse") ?? [];
        var (type, queuing) = (response.Text("type"), response.Object("queuing"));
        path += ".limitResponse";
        switch (type)
        {
            case "Reject":
                Forbid(queuing, $"{path}.queuing", "must be nil if limited.limitResponse.type is not Limited", causes);
                break;
            case "Queue" when queuing is null:
                causes.Add(Cause.Required($"{path}.queuing", "must not be empty if limited.limitResponse.type is Limited"));
                break;
            case "Queue":
                Queuing(queuing, $"{path}.queuing", causes);
                break;
            default:
                causes.Add(Cause.NotSupported($"{path}.type", type, "Queue", "Reject"));
                break;
        }
    }

    private static void Queuing(JsonObject queuing, string path, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["queueLengthLimit", "queues", "handSize"])
        {
            if (queuing.Number(field) is not > 0 and var number)
            {
                causes.Add(Cause.Invalid($"{path}.{field}", number ?? 0, "must be positive"));
            }
        }
        var (queues, hand) = (queuing.Number("queues") ?? 0, queuing.Number("handSize") ?? 0);
        if (queues > MostQueues)
        {
            causes.Add(Cause.Invalid($"{path}.queues", queues, $"must not be greater than {MostQueues}"));
        }
        if (hand > queues)
        {
            causes.Add(Cause.Invalid($"{path}.handSize", hand, $"should not be greater than queues ({queues})"));
        }
        else if (hand > 0 && Math.Ceiling(Math.Log2(queues) * hand) is > HashBits and var bits)
        {
            causes.Add(Cause.Invalid($"{path}.handSize", hand, $"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {HashBits}; they are {bits:0}"));
        }
    }

    private static void Shares(JsonObject? level, string path, List<FieldCause> causes)
    {
        if (level.Number("nominalConcurrencyShares") is < 0 and { } shares)
        {
            causes.Add(Cause.Invalid($"{path}.nominalConcurrencyShares", shares, "must be a non-negative integer"));
        }
        if (level.Number("lendablePercent") is (< 0 or > 100) and { } lendable)
        {
            causes.Add(Cause.Invalid($"{path}.lendablePercent", lendable, "must be between 0 and 100, inclusive"));
        }
    }

    private static void Forbid(JsonObject? part, string path, string why, List<FieldCause> causes)
    {
        if (part is not null)
        {
            causes.Add(Cause.Forbidden(path, why));
        }
    }

    private static JsonObject WithoutExempt(JsonObject spec)
    {
        var rest = spec.DeepClone().AsObject();
        rest.Remove("exempt");
        return rest;
    }
}
