using System.Security.Cryptography;
using System.Text;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>The LoadBalancer Service of a Gateway, in its namespace (GEP-1762): its ports' targets are the proxy's, and say on which ports nodes listen.</summary>
public static class GatewayEntryNames
{
    /// <summary>Label of the Service: the Gateway's name.</summary>
    public const string Label = "gateway.networking.k8s.io/gateway-name";

    private const int MaxLabel = 63;

    /// <summary>The Gateway's name and its class; a name that is too long for a Service is cut, and told apart by a hash.</summary>
    public static string Service(GatewayObject gateway)
    {
        var name = $"{gateway.Name}-{gateway.Spec.Text("gatewayClassName")}".Replace('.', '-');
        return name.Length <= MaxLabel ? name : $"{name[..(MaxLabel - 9)].TrimEnd('-')}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";
    }
}
