namespace Vitrine.Cni.Ipam;

/// <summary>The directory of one network below the config's stateDir, made when it is first needed.</summary>
internal static class StateDirectory
{
    internal static void CreateIfMissing(string networkDirectory)
    {
        if (!Directory.Exists(networkDirectory))
            Create(networkDirectory);
    }

    internal static void Create(string networkDirectory)
    {
        try
        {
            Directory.CreateDirectory(networkDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CniException(ErrorCode.InputOutput, "cannot create the state directory", $"{networkDirectory}: {e.Message}");
        }
    }
}
