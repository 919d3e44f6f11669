namespace Vitrine.ApiServer.Auth;

/// <summary>Who a connection's client certificate says it is: CN is the user, each O a group (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).</summary>
/// <param name="NotAfter">The certificate's end: a connection may outlive it, its user may not.</param>
internal sealed record ClientUser(string Name, IReadOnlyList<string> Groups, DateTimeOffset NotAfter)
{
    /// <summary>Of the names of those who hold a bootstrap token.</summary>
    public const string BootstrapPrefix = "system:bootstrap:";

    /// <summary>The group of everybody who has proved who they are.</summary>
    public const string Authenticated = "system:authenticated";

    /// <summary>Of the names of ServiceAccounts.</summary>
    public const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>Empty where none is known.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What else is known of how it proved itself.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public bool IsServiceAccount => Name.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal);

    public bool IsBootstrap => Name.StartsWith(BootstrapPrefix, StringComparison.Ordinal);
}
