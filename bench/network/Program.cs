using Vitrine.Bench.Network;

// Vitrine.Bench.Network [ROUNDS [SECONDS]]: three comparisons of pod to pod, each with its peer first. Run it in network and mount namespaces of
// its own (run.sh). Every contender has nodes of its own, so that nobody's tables or routes are in another's way.
var rounds = args.Length > 0 ? int.Parse(args[0]) : 9;
var seconds = args.Length > 1 ? int.Parse(args[1]) : 1;
using var lab = new BenchLab();
var plugins = new CniPlugins(lab.Directory);

Console.WriteLine($"Pod to pod, {rounds} interleaved rounds; one TCP stream for {seconds} s (iperf3), then {PingPong.Count} requests of one byte; server on CPU 0, client on CPU 1");

Comparison.Run("one node", rounds, seconds,
[
    OneNode("bridge + host-local", plugins.ReferenceBridge),
    OneNode("ptp + host-local", plugins.ReferencePtp),
    OneNode("vitrine-cni routed", plugins.Routed),
    OneNode("… with the node's guard and masquerade", plugins.Routed, n => lab.Apply([n])),
    OneNode("vitrine-cni bridge", plugins.Bridge),
]);

Comparison.Run("two nodes, routes", rounds, seconds,
[
    TwoNodes("ip route by hand", onLink: true, HandMade.Routes),
    TwoNodes("… and nft masquerade by hand", onLink: true, HandMade.RoutesAndMasquerade),
    TwoNodes("vitrine: routes, guard, masquerade", onLink: true, nodes => lab.Apply(nodes, tunnels: 0)),
]);

Comparison.Run("two nodes, VXLAN", rounds, seconds,
[
    TwoNodes("vxlan by hand", onLink: false, HandMade.Vxlan),
    TwoNodes("… and nft masquerade by hand", onLink: false, HandMade.VxlanAndMasquerade),
    TwoNodes("vitrine: vxlan, guard, masquerade", onLink: false, nodes => lab.Apply(nodes, tunnels: 1)),
]);
return;

Contender OneNode(string name, Func<BenchNode, CniPlugin> plugin, Action<BenchNode>? more = null)
{
    var node = lab.Nodes(1, onLink: true)[0];
    more?.Invoke(node);
    return new Contender(name, node.AddPod(plugin(node)), node.AddPod(plugin(node)));
}

// Both sides have the same pods: what differs is the way between the nodes.
Contender TwoNodes(string name, bool onLink, Action<BenchNode[]> connect)
{
    var nodes = lab.Nodes(2, onLink);
    var pods = nodes.Select(n => n.AddPod(plugins.Routed(n))).ToArray();
    connect(nodes);
    return new Contender(name, pods[0], pods[1]);
}
