namespace Vitrine.ApiServer.Discovery;

internal static class DiscoveryRoutes
{
    public static bool TryAnswer(string path, string accept, out ReadOnlyMemory<byte> body, out string contentType)
    {
        body = default;
        contentType = "";
        return false;
    }
}
