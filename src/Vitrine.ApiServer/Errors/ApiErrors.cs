using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Errors;

/// <summary>Failures in upstream's words (k8s.io/apimachinery/pkg/api/errors): clients match on reason, people on text.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(Kind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural} \"{name}\" not found") { ObjectName = name, Group = kind.Group, ObjectKind = kind.Plural };

    public static ApiException UnknownPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static ApiException MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiException AlreadyExists(Kind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedPlural} \"{name}\" already exists") { ObjectName = name, Group = kind.Group, ObjectKind = kind.Plural };

    public static ApiException Modified(Kind kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Conflict(Kind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": {why}") { ObjectName = name, Group = kind.Group, ObjectKind = kind.Plural };

    public static ApiException Forbidden(Kind kind, string name, string why, params IReadOnlyList<FieldCause> causes) =>
        new(403, "Forbidden", $"{kind.QualifiedPlural} {(name.Length > 0 ? $"\"{name}\" " : "")}is forbidden: {why}") { ObjectName = name, Group = kind.Group, ObjectKind = kind.Plural, Causes = causes };

    public static ApiException Invalid(Kind kind, string name, IReadOnlyList<FieldCause> causes) =>
        new(422, "Invalid", $"{(kind.Group.Length == 0 ? kind.Name : $"{kind.Name}.{kind.Group}")} \"{name}\" is invalid: {Describe(causes)}")
        {
            ObjectName = name,
            Group = kind.Group,
            ObjectKind = kind.Name,
            Causes = causes,
        };

    public static ApiException InvalidListOptions(string field, string why) => new(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {field}: Forbidden: {why}")
    {
        Group = "meta.k8s.io",
        ObjectKind = "ListOptions",
        Causes = [new FieldCause("FieldValueForbidden", field, $"Forbidden: {why}")],
    };

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException Expired(string message) => new(410, "Expired", message);

    public static ApiException TooOld(long asked, long floor) => Expired($"too old resource version: {asked} ({floor})");

    public static ApiException TooLargeRevision(long asked, long current) => new(504, "Timeout", $"Too large resource version: {asked}, current: {current}")
    {
        RetryAfterSeconds = 1,
        Causes = [new FieldCause("ResourceVersionTooLarge", "", "Too large resource version")],
    };

    public static ApiException TooManyRequests() => new(429, "TooManyRequests", "too many requests, please try again later") { RetryAfterSeconds = 1 };

    public static ApiException TimedOut(TimeSpan limit) => new(504, "Timeout", $"Timeout: request did not complete within the allotted timeout of {limit.TotalSeconds:0.###} s");

    public static ApiException TooLarge(long limit) => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiException NotAcceptable() =>
        new(406, "NotAcceptable", "only the following media types are accepted: application/json, application/json;stream=watch");

    public static ApiException UnavailableStore(string message) => new(507, "InternalError", message);

    public static ApiException Internal() =>
        new(500, "InternalError", "an error on the server prevented the request from succeeding; the server's log has the cause under this answer's Audit-Id");

    private static string Describe(IReadOnlyList<FieldCause> causes)
    {
        string text = string.Join(", ", causes.Select(static cause => $"{cause.Field}: {cause.Message}").Distinct(StringComparer.Ordinal));
        return causes.Count == 1 ? text : $"[{text}]";
    }
}
