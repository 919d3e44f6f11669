using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Verbs;

/// <summary>A status' conditions, one per type.</summary>
internal static class Conditions
{
    /// <summary>The time of transition moves only with the condition's status.</summary>
    public static JsonObject Set(JsonObject status, string type, string value, string reason, string message, string now)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        if (conditions.OfType<JsonObject>().FirstOrDefault(entry => entry.Text("type") == type) is not { } condition)
        {
            condition = new JsonObject { ["type"] = type };
            conditions.Add((JsonNode)condition);
        }

        if (condition.Text("status") != value)
        {
            condition["status"] = value;
            condition["lastTransitionTime"] = now;
        }

        condition["reason"] = reason;
        condition["message"] = message;
        return condition;
    }
}
