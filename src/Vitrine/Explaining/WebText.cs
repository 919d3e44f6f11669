using Vitrine.Verbs;

namespace Vitrine.Explaining;

/// <summary>What the gateway does with a request, for people.</summary>
internal static class WebText
{
    private const int MostLost = 12;

    public static void Print(TextWriter output, WebReport web)
    {
        var table = new TextTable("", "THE REQUEST", "WHAT HAPPENS", "OBJECT");
        table.Add("✓", "listener", web.Listener, "");
        if (web.Certificate is not null)
            table.Add("✓", "certificate", "shown to the client", web.Certificate);
        if (web.Rule is not null)
            table.Add("✓", "rule", $"takes {web.Request}{(web.Host is null ? "" : $", as host {web.Host}")}", web.Rule);
        foreach (var filter in web.Filters)
            table.Add("", "filter", filter, web.Rule ?? "");
        foreach (var backend in web.Backends)
        {
            table.Add(backend.Endpoints.Count > 0 ? "✓" : "✗", "backend", $"{(web.Backends.Count > 1 ? $"weight {backend.Weight}, " : "")}{(backend.Port is null ? "leads nowhere" : $"port {backend.Port}, {backend.Endpoints.Count} endpoints")}", backend.Service);
            foreach (var endpoint in backend.Endpoints)
                table.Add("", "", $"  {endpoint}", "");
        }
        foreach (var lost in web.Lost.Take(MostLost))
            table.Add("–", "not taken", lost.Why, $"{lost.Rule} (host {lost.Host})");
        if (web.Lost.Count > MostLost)
            table.Add("–", "", $"and {web.Lost.Count - MostLost} more: -o json", "");
        table.Print(output);
        output.WriteLine();
    }
}
