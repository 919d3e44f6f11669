namespace Vitrine.ApiServer.Auth;

/// <summary>Who asks: of a client certificate CN is the user and each O a group (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).</summary>
/// <param name="Groups">With system:authenticated for whoever proved who it is.</param>
/// <param name="NotAfter">The credential's end: a connection may outlive it, its user may not.</param>
internal sealed record ClientUser(string Name, IReadOnlyList<string> Groups, DateTimeOffset NotAfter)
{
    /// <summary>Of the names of those who hold a bootstrap token.</summary>
    public const string BootstrapPrefix = "system:bootstrap:";

    /// <summary>The group of everybody who has proved who they are.</summary>
    public const string Authenticated = "system:authenticated";

    /// <summary>Of the names of ServiceAccounts.</summary>
    public const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>The group that may do everything, whatever the roles say.</summary>
    public const string Masters = "system:masters";

    private const string NodePrefix = "system:node:";

    /// <summary>Whoever has shown nothing.</summary>
    public static ClientUser Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"], DateTimeOffset.MaxValue);

    /// <summary>Empty where none is known.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What else is known of how it proved itself.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public bool IsMaster { get; } = Groups.Contains(Masters);

    /// <summary>Of which node it is the agent; null for everybody else.</summary>
    public string? Node { get; } = Groups.Contains("system:nodes") && Name.StartsWith(NodePrefix, StringComparison.Ordinal) && Name.Length > NodePrefix.Length ? Name[NodePrefix.Length..] : null;

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    /// <summary>The groups of a ServiceAccount.</summary>
    public static IReadOnlyList<string> GroupsOfAccount(string ns) => ["system:serviceaccounts", $"system:serviceaccounts:{ns}", Authenticated];
}
