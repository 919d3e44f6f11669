using System.Net.Http.Headers;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Headers of a request to a backend, wherever HttpClient keeps them: those of the body are the body's. Values go as they are.</summary>
internal static class OutgoingHeaders
{
    public static void Remove(HttpRequestMessage request, string name)
    {
        if (IsHost(name))
            return;
        if (!TryRemove(request.Headers, name) && request.Content is { } content)
            TryRemove(content.Headers, name);
    }

    public static void Set(HttpRequestMessage request, string name, string value)
    {
        if (IsHost(name))
        {
            request.Headers.Host = value;
            return;
        }
        Remove(request, name);
        Add(request, name, value);
    }

    public static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
            request.Content?.Headers.TryAddWithoutValidation(name, value);
    }

    private static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);

    // Remove throws for a name that belongs to the other collection.
    private static bool TryRemove(HttpHeaders headers, string name) => headers.NonValidated.Contains(name) && headers.Remove(name);
}
