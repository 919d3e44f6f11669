using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Streaming;

/// <summary>Where the agent of a pod's node listens, as its Node object says.</summary>
internal sealed record KubeletAddress(string Node, IPEndPoint EndPoint)
{
    private const int DefaultPort = 10250;

    /// <summary>Throws a 400 or 404 when the node has no usable address.</summary>
    public static KubeletAddress Of(ApiRequest request, string node)
    {
        if (request.Api.Nodes is not { } nodes || request.Store.Find(nodes, "", node)?.Parse() is not { } found)
        {
            throw new ApiException(404, "NotFound", $"nodes \"{node}\" not found") { ObjectName = node, ObjectKind = "nodes" };
        }

        string? text = (found["status"]?["addresses"] as JsonArray)?.OfType<JsonObject>().Where(static address => ObjectMeta.Text(address, "type") == "InternalIP").Select(static address => ObjectMeta.Text(address, "address")).FirstOrDefault();
        if (!IPAddress.TryParse(text, out IPAddress? ip))
        {
            throw ApiErrors.BadRequest($"node {node} has no InternalIP address in its status; its agent has not registered yet");
        }

        if (IsUnsafe(ip))
        {
            throw ApiErrors.BadRequest($"address {ip} of node {node} is not allowed: loopback, link-local and unspecified addresses are the API server's own machine");
        }

        long port = found["status"]?["daemonEndpoints"]?["kubeletEndpoint"] is JsonObject endpoint ? ObjectMeta.Number(endpoint, "Port") ?? DefaultPort : DefaultPort;
        return port is > 0 and <= 65535 ? new KubeletAddress(node, new IPEndPoint(ip, (int)port)) : throw ApiErrors.BadRequest($"node {node} names port {port} for its agent, which is no port");
    }

    // Whoever may write a node's status could otherwise make the server connect to itself, with its own certificate (CVE-2020-8555 and its kin).
    internal static bool IsUnsafe(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6LinkLocal || address.IsIPv6Multicast
            || (address.GetAddressBytes() is [169, 254, ..] or [>= 224, _, _, _]);
    }
}
