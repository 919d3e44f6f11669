using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Streaming;

/// <summary>An agent's refusal as a Status: its own when it sent one, else its text under its code.</summary>
internal static class AgentFailure
{
    public static ApiException From(int code, ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body).Trim();
        try
        {
            if (text.StartsWith('{') && JsonNode.Parse(text) is JsonObject status && ObjectMeta.Text(status, "message") is { Length: > 0 } message)
            {
                return new ApiException(code, ObjectMeta.Text(status, "reason") is { Length: > 0 } reason ? reason : Reason(code), message);
            }
        }
        catch (JsonException)
        {
            // Not JSON after all: the text itself is the message.
        }

        return new ApiException(code < 400 ? 500 : code, Reason(code), text.Length > 0 ? text : $"the node agent answered {code} without saying why");
    }

    private static string Reason(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        503 => "ServiceUnavailable",
        _ => "InternalError",
    };
}
