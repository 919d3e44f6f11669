using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
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

        long port = found["status"]?["daemonEndpoints"]?["kubeletEndpoint"] is JsonObject endpoint ? ObjectMeta.Number(endpoint, "Port") ?? DefaultPort : DefaultPort;
        if (port is <= 0 or > 65535)
        {
            throw ApiErrors.BadRequest($"node {node} names port {port} for its agent, which is no port");
        }

        IPEndPoint agent = new(ip, (int)port);
        return WhyNot(request.Api, agent) is { } why ? throw ApiErrors.BadRequest($"address {agent} of node {node} is not allowed: {why}; status.addresses of the Node must name the node's own address") : new KubeletAddress(node, agent);
    }

    /// <summary>Why no agent can be there, or null: what a node's status says is no reason to connect to anything else.</summary>
    private static string? WhyNot(ApiContext api, IPEndPoint agent)
    {
        if (IsUnsafe(agent.Address))
        {
            return "loopback, link-local and unspecified addresses are the API server's own machine";
        }

        if (api.Listen.Contains(agent))
        {
            return "the API server itself listens there";
        }

        if (api.Services.Cidrs.Any(range => range.Contains(agent.Address)))
        {
            return "it is an address of Services";
        }

        return api.Store.Tree(api.Nodes!).List(null).FirstOrDefault(node => PodRanges(node).Any(range => range.Contains(agent.Address))) is { } owner ? $"it is an address of pods, from the range of node {owner.Name}" : null;
    }

    private static IEnumerable<IPNetwork> PodRanges(StoredObject node) => (node.Parse()["spec"].Array("podCIDRs") ?? [])
        .Select(static range => IPNetwork.TryParse(range.AsText(), out IPNetwork parsed) ? parsed : (IPNetwork?)null).OfType<IPNetwork>();

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
