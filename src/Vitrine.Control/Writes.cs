using System.Net;
using k8s.Autorest;

namespace Vitrine.Control;

/// <summary>Writes whose race is lost harmlessly: somebody else made or removed the object first.</summary>
internal static class Writes
{
    /// <summary>AlreadyExists, and a namespace that is gone or going, end the matter; the next snapshot shows it.</summary>
    public static Task CreateAsync(Func<Task> create) => TolerateAsync(create, HttpStatusCode.Conflict, HttpStatusCode.NotFound, HttpStatusCode.Forbidden);

    /// <summary>NotFound and Conflict end the matter.</summary>
    public static Task ChangeAsync(Func<Task> change) => TolerateAsync(change, HttpStatusCode.NotFound, HttpStatusCode.Conflict);

    private static async Task TolerateAsync(Func<Task> write, params HttpStatusCode[] harmless)
    {
        try
        {
            await write();
        }
        catch (HttpOperationException e) when (Array.IndexOf(harmless, e.Response.StatusCode) >= 0)
        {
            // The snapshot was older than the write; there is nothing left to do for it.
        }
    }
}
