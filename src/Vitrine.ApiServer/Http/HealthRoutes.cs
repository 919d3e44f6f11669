using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vitrine.ApiServer.Http;

/// <summary>/healthz, /livez and /readyz. The server listens only once its store is open, so what answers is ready.</summary>
internal static class HealthRoutes
{
    private static readonly string[] s_checks = ["ping", "log", "store"];

    public static bool Is(string path) => Split(path).Endpoint is "healthz" or "livez" or "readyz";

    public static Task AnswerAsync(HttpContext http)
    {
        (string endpoint, string? check) = Split(http.Request.Path.Value!);
        if (check is not null)
        {
            return s_checks.Contains(check) ? Answer.TextAsync(http, 200, "ok") : Answer.TextAsync(http, 404, "404 page not found\n");
        }

        if (!http.Request.Query.ContainsKey("verbose"))
        {
            return Answer.TextAsync(http, 200, "ok");
        }

        StringBuilder text = new();
        foreach (string name in s_checks)
        {
            text.Append("[+]").Append(name).Append(" ok\n");
        }

        return Answer.TextAsync(http, 200, text.Append(endpoint).Append(" check passed\n").ToString());
    }

    private static (string Endpoint, string? Check) Split(string path)
    {
        string[] parts = path.Trim('/').Split('/', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : null);
    }
}
