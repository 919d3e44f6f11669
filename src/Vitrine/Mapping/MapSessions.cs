using System.Security.Cryptography;
using System.Text;
using Vitrine.Clusters;

namespace Vitrine.Mapping;

/// <summary>What whoever follows a link may do.</summary>
internal enum MapRights
{
    Look,

    /// <summary>Apply and delete the objects of the chapters too.</summary>
    Apply,
}

/// <summary>
/// Links to the map and who has followed one: a file each, named by the digest of the secret, so that a new server knows them and whoever reads the folder's names
/// learns nothing. A link becomes a session by one rename: it is good once.
/// </summary>
/// <param name="folder">of the cluster's run files: gone with the cluster</param>
internal sealed class MapSessions(string folder)
{
    private const int SecretBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A new link's token.</summary>
    public string Issue(MapRights rights)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        var token = NewSecret();
        PrivateFile.Write(LinkFile(token), $"{rights}");
        return token;
    }

    /// <summary>The session's cookie in exchange for a token; null for one that is used or was never given.</summary>
    public string? Redeem(string token)
    {
        var cookie = NewSecret();
        try
        {
            File.Move(LinkFile(token), SessionFile(cookie));
            return cookie;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Null for a cookie of nobody's.</summary>
    public MapRights? Rights(string? cookie)
    {
        try
        {
            return cookie is null ? null : Enum.Parse<MapRights>(File.ReadAllText(SessionFile(cookie)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string LinkFile(string token) => Path.Combine(folder, $"link-{Digest(token)}");

    private string SessionFile(string cookie) => Path.Combine(folder, $"session-{Digest(cookie)}");

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    private static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
