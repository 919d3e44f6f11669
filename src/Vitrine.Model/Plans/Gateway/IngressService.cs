namespace Vitrine.Model.Plans.Gateway;

/// <summary>The LoadBalancer Service by which clients reach all Ingresses, and the listeners behind it.</summary>
public static class IngressService
{
    public const string Namespace = "kube-system";
    public const string Name = "vitrine-ingress";
    public const string Plain = "ingress:80";
    public const string Secure = "ingress:443";
    public const int PlainPort = 80;
    public const int SecurePort = 443;

    /// <summary>The proxy's, at every node's address: outside the usual range of node ports, and no port of a control plane.</summary>
    public const int PlainTarget = 10080;

    public const int SecureTarget = 10443;
}
