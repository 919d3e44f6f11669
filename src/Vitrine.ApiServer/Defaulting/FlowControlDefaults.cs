using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: pkg/apis/flowcontrol/v1/defaults.go.</summary>
internal static class FlowControlDefaults
{
    public static void Schema(JsonObject value) => value.Ensure("spec").DefaultNumberIfZero("matchingPrecedence", 1000);

    public static void Level(JsonObject value)
    {
        var spec = value.Ensure("spec");
        if (spec.Text("type") == "Exempt")
        {
            Shares(spec.Ensure("exempt"), 0);
        }
        if (spec.Object("limited") is not { } limited)
        {
            return;
        }
        Shares(limited, 30);
        if (limited.Object("limitResponse").Object("queuing") is { } queuing)
        {
            queuing.DefaultNumberIfZero("handSize", 8);
            queuing.DefaultNumberIfZero("queues", 64);
            queuing.DefaultNumberIfZero("queueLengthLimit", 50);
        }
    }

    private static void Shares(JsonObject level, long shares)
    {
        level.DefaultNumber("nominalConcurrencyShares", shares);
        level.DefaultNumber("lendablePercent", 0);
    }
}
