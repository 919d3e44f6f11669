using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>Who a request says it is: its fieldManager, or else the first word of its User-Agent.</summary>
internal static class FieldManagerName
{
    public const int MaxLength = 128;

    /// <summary>Throws a 422 for one that is too long or not printable.</summary>
    public static string Of(ApiRequest request)
    {
        string asked = request.Query("fieldManager") ?? "";
        if (asked.Length > 0)
        {
            Check(asked);
            return asked;
        }

        string agent = request.Http.Request.Headers.UserAgent.ToString().Split('/', 2)[0];
        agent = new string([.. agent.Where(static c => !char.IsControl(c)).Take(MaxLength)]);
        return agent.Length == 0 ? "unknown" : agent;
    }

    /// <summary>The one an apply must name.</summary>
    public static string Required(ApiRequest request) => request.Query("fieldManager") is { Length: > 0 }
        ? Of(request)
        : throw Invalid("FieldValueRequired", "Required value: is required for apply patch");

    private static void Check(string name)
    {
        if (name.Length > MaxLength)
        {
            throw Invalid("FieldValueTooLong", $"Too long: may not be more than {MaxLength} bytes");
        }

        if (name.Any(static c => char.IsControl(c)))
        {
            throw Invalid("FieldValueInvalid", $"Invalid value: \"{new string([.. name.Select(static c => char.IsControl(c) ? '?' : c)])}\": should only contain printable characters");
        }
    }

    private static ApiException Invalid(string reason, string why) => new(422, "Invalid", $"PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: {why}")
    {
        Group = "meta.k8s.io",
        ObjectKind = "PatchOptions",
        Causes = [new FieldCause(reason, "fieldManager", why)],
    };
}
