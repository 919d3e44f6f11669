namespace Vitrine.ApiServer.Http;

/// <summary>Switches in a query, read as upstream's Convert_Slice_string_To_bool does: False, TRUE and 1 come from clients of many languages.</summary>
internal static class QueryFlag
{
    /// <summary>Absent, "false" in any case and "0" are off; any other value is on, an empty one too.</summary>
    public static bool IsOn(string? value) => value is not null and not "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
