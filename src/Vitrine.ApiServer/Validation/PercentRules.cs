using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Validation;

/// <summary>Numbers that may also be percentages, such as maxSurge.</summary>
internal static partial class PercentRules
{
    /// <param name="cap">True when more than all makes no sense.</param>
    public static void Check(JsonObject? parent, string path, string field, bool cap, List<FieldCause> causes)
    {
        if (parent?[field] is not { } value)
        {
            return;
        }
        var at = $"{path}.{field}";
        if (value.AsText() is not { } text)
        {
            causes.AtLeastZero(parent, path, field);
        }
        else if (!Percent().IsMatch(text))
        {
            causes.Add(Cause.Invalid(at, text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"));
        }
        else if (cap && Number(value) > 100)
        {
            causes.Add(Cause.Invalid(at, text, "must not be greater than 100%"));
        }
    }

    /// <summary>The number of either form, 0 for what is neither.</summary>
    public static long Number(JsonNode? value) =>
        value.AsNumber() ?? (value.AsText() is { } text && Percent().IsMatch(text) && long.TryParse(text[..^1], out var percent) ? percent : 0);

    [GeneratedRegex(@"^[0-9]+%\z", RegexOptions.NonBacktracking)]
    private static partial Regex Percent();
}
