using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Tokens;

namespace Vitrine.ApiServer.Audit;

/// <summary>One request on its way into the audit log, as an audit.k8s.io/v1 Event. Secrets and tokens are in bodies only, and those only where the policy says so.</summary>
internal sealed class AuditRecord(AuditLog log, HttpContext http, DateTimeOffset received)
{
    // A request that fails before it is known who asks, is a stranger's.
    private AccessQuestion question = AccessQuestion.OfPath(ClientUser.Anonymous, http.Request.Method, http.Request.Path.Value ?? "/");
    private ClientUser actual = ClientUser.Anonymous;
    private AccessVerdict? verdict;
    private AuditLevel? level;
    private CapturedBody? answer;

    public AuditLevel Level => level ??= log.Policy.LevelOf(question);

    /// <summary>The body, once it was read, where the level asks for it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    public Dictionary<string, string> Notes { get; } = new(StringComparer.Ordinal);

    public static AuditRecord? Of(HttpContext http) => http.Features.Get<AuditRecord>();

    /// <summary>Once it is known who asks for what.</summary>
    /// <param name="who">Who he really is, where he acts as another.</param>
    public void Begin(in AccessQuestion asked, ClientUser who)
    {
        (question, actual, level) = (asked, who, null);
        http.Features.Set(this);
        if (Level == AuditLevel.RequestResponse && asked.Verb is not "watch" && asked.Subresource is not ("log" or "exec" or "attach" or "portforward" or "token"))
        {
            answer = CapturedBody.On(http);
        }
    }

    public void Decided(in AccessVerdict decided) => verdict = decided;

    /// <summary>Writes it, when the answer was given.</summary>
    public ValueTask EndAsync(ApiException? error, DateTimeOffset now)
    {
        if (Level == AuditLevel.None)
        {
            return ValueTask.CompletedTask;
        }
        var request = http.Request;
        var line = new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "audit.k8s.io/v1",
            ["level"] = Level.ToString(),
            ["auditID"] = http.Response.Headers["Audit-Id"].ToString(),
            ["stage"] = "ResponseComplete",
            ["requestURI"] = request.Path + request.QueryString,
            ["verb"] = question.Verb,
            ["user"] = Reviews.Describe(actual),
        };
        if (!ReferenceEquals(question.User, actual))
        {
            line["impersonatedUser"] = Reviews.Describe(question.User);
        }
        line["sourceIPs"] = new JsonArray(http.Connection.RemoteIpAddress?.ToString() ?? "");
        line["userAgent"] = request.Headers.UserAgent.ToString();
        if (question.Resource.Length > 0)
        {
            line["objectRef"] = Reference();
        }
        line["responseStatus"] = error is null
            ? new JsonObject { ["metadata"] = new JsonObject(), ["code"] = http.Response.StatusCode }
            : new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = error.Message, ["reason"] = error.Reason, ["code"] = error.Code };
        if (Level >= AuditLevel.Request && Body.Length > 0)
        {
            line["requestObject"] = Object(Body);
        }
        if (answer is not null && error is null)
        {
            line["responseObject"] = Object(answer.Bytes);
        }
        (line["requestReceivedTimestamp"], line["stageTimestamp"]) = (Time(received), Time(now));
        if (verdict is { } decided)
        {
            Notes["authorization.k8s.io/decision"] = decided.Allowed ? "allow" : "forbid";
            Notes["authorization.k8s.io/reason"] = decided.Reason;
        }
        line["annotations"] = new JsonObject(Notes.Select(static n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value)));
        return log.WriteAsync(line);
    }

    private JsonObject Reference()
    {
        var reference = new JsonObject();
        foreach (var (field, value) in (ReadOnlySpan<(string, string)>)[("resource", question.Resource), ("namespace", question.Namespace), ("name", question.Name), ("apiGroup", question.Group), ("subresource", question.Subresource)])
        {
            if (value.Length > 0)
            {
                reference[field] = value;
            }
        }
        return reference;
    }

    private static JsonNode? Object(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span);
        }
        catch (JsonException)
        {
            // YAML and protobuf, or what was refused for not being JSON: upstream's "unknown" object keeps the bytes.
            return new JsonObject { ["raw"] = Convert.ToBase64String(body.Span) };
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
