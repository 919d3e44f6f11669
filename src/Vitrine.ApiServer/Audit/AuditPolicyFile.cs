namespace Vitrine.ApiServer.Audit;

/// <summary>The policy a server would be started with.</summary>
public static class AuditPolicyFile
{
    /// <summary>Throws an <see cref="IOException"/> that names the file and what is wrong with it.</summary>
    public static void Check(string file) => AuditPolicy.Load(file);
}
