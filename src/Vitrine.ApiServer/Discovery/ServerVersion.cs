using System.Runtime.InteropServices;

namespace Vitrine.ApiServer.Discovery;

/// <summary>What /version answers: the release whose models this server serves.</summary>
internal static class ServerVersion
{
    public const string Major = "1";

    public const string Minor = "37";

    /// <summary>Of the official client's models, with this project's mark.</summary>
    public const string Git = "v1.37.0+vitrine";

    public static string Platform { get; } = "linux/" + RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
