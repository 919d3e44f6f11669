namespace Vitrine.Bench.Network;

/// <summary>The plugins compared, as they are shipped: Debian's reference plugins, and ours with anti-spoofing on.</summary>
internal sealed class CniPlugins(string directory)
{
    internal const string Reference = "/usr/lib/cni";
    private readonly string vitrine = Environment.GetEnvironmentVariable("VITRINE_CNI") ?? throw new InvalidOperationException("set VITRINE_CNI");

    internal CniPlugin ReferenceBridge(BenchNode node) => Peer(node, "bridge", "\"bridge\":\"cni0\",\"isGateway\":true,");

    internal CniPlugin ReferencePtp(BenchNode node) => Peer(node, "ptp", "");

    internal CniPlugin Routed(BenchNode node) => Ours(node, "routed");

    internal CniPlugin Bridge(BenchNode node) => Ours(node, "bridge");

    private CniPlugin Peer(BenchNode node, string type, string extra) => new($"{Reference}/{type}",
        $$"""{"cniVersion":"1.0.0","name":"{{type}}","type":"{{type}}",{{extra}}"ipam":{"type":"host-local","ranges":[[{"subnet":"{{node.PodCidr}}"}]],"routes":[{"dst":"0.0.0.0/0"}],"dataDir":"{{directory}}/{{node.Id}}"} }""");

    private CniPlugin Ours(BenchNode node, string mode) => new(vitrine,
        $$"""{"cniVersion":"1.0.0","name":"vitrine","type":"vitrine-cni","mode":"{{mode}}","mtu":1500,"stateDir":"{{directory}}/{{node.Id}}","ipam":{"ranges":[[{"subnet":"{{node.PodCidr}}"}]],"routes":[{"dst":"0.0.0.0/0"}]} }""");
}
