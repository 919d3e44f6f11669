using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The query of a list or watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions).</summary>
/// <param name="ResourceVersion">Null when unset.</param>
/// <param name="Match">resourceVersionMatch: "", "Exact" or "NotOlderThan".</param>
internal sealed record ListOptions(ObjectSelector Selector, long? ResourceVersion, string Match, long Limit, string? Continue)
{
    /// <summary>Throws a 400 or 422 for values and combinations upstream refuses.</summary>
    public static ListOptions Read(ApiRequest request)
    {
        ObjectSelector selector = new(
            request.Kind,
            request.Kind.Namespaced ? request.Path.Namespace : "",
            LabelSelectorParser.Parse(request.Query("labelSelector")),
            FieldSelector.Parse(request.Query("fieldSelector"), request.Kind));
        if (request.Path.Name is { } name)
        {
            // The old watch form of one object.
            selector = selector with { Fields = new FieldSelector([.. selector.Fields.Requirements, new FieldRequirement("metadata.name", true, name)]) };
        }

        return new ListOptions(selector, Revision(request.Query("resourceVersion")), request.Query("resourceVersionMatch") ?? "", Math.Max(0, request.Number("limit") ?? 0), request.Query("continue") is { Length: > 0 } token ? token : null);
    }

    /// <summary>The rules of a plain list; a watch has others.</summary>
    public void CheckList()
    {
        if (Continue is not null && ResourceVersion is > 0)
        {
            throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        }

        if (Match.Length == 0)
        {
            return;
        }

        if (Match is not ("Exact" or "NotOlderThan"))
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", $"unsupported value \"{Match}\": supported values: \"Exact\", \"NotOlderThan\"");
        }

        if (ResourceVersion is null)
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (Continue is not null)
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }

        if (Match == "Exact" && ResourceVersion == 0)
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private static long? Revision(string? text) => text switch
    {
        null or "" => null,
        _ when long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long value) => value,
        _ => throw ApiErrors.BadRequest($"Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"),
    };
}
