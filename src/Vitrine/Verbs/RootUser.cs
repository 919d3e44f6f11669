namespace Vitrine.Verbs;

/// <summary>Network namespaces, mounts and containerd need root; verbs that use them say so first.</summary>
internal static class RootUser
{
    public static void Require(string verb)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandFailure($"vitrine {verb} needs root: it makes namespaces, mounts and links", $"run: sudo vitrine {verb}");
        }
    }
}
