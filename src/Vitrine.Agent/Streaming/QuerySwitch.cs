using Microsoft.AspNetCore.Http;

namespace Vitrine.Agent.Streaming;

/// <summary>Switches in a query, as clients of many languages write them (True, 1, true): off are those that are absent, empty, "false" in any case, or "0".</summary>
internal static class QuerySwitch
{
    public static bool IsOn(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value and not "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
