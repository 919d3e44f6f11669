namespace Vitrine.ApiServer.OpenApi;

internal static class OpenApiRoutes
{
    public static bool TryAnswer(string pathAndQuery, string accept, out ReadOnlyMemory<byte> body, out string contentType, out string? etag)
    {
        body = default;
        contentType = "";
        etag = null;
        return false;
    }
}
