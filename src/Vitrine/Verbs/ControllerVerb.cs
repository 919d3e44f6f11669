using System.CommandLine;
using Vitrine.Attaching;
using Vitrine.Control;
using Vitrine.Model.Plans;

namespace Vitrine.Verbs;

/// <summary>
/// `vitrine controller`: what the network of a cluster that others run needs done once — doors and status of Ingresses and Gateways, LoadBalancer addresses, the DNS
/// Service — in the foreground. Of several, one leads.
/// </summary>
internal static class ControllerVerb
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig of the cluster; without it, as a pod of it." };
        var server = VerbOptions.OrEmpty("--server", "URL of the API server, instead of the one of the kubeconfig or the pod.");
        var components = new Option<string>("--components") { Description = "Which of gateway,services,dns have something to do; or all of these.", DefaultValueFactory = _ => "all" };
        var pools = new Option<string[]>("--lb-pool") { Description = "[NAME=]CIDR or FIRST-LAST, with commas between: addresses for LoadBalancer Services; none: somebody else gives them theirs.", Arity = ArgumentArity.ZeroOrMore };
        var clusterDns = DnsVerbOptions.ClusterDns();
        var ns = new Option<string>("--namespace") { Description = "Where its Lease and the proxies' pods are.", DefaultValueFactory = _ => "kube-system" };
        var selector = new Option<string?>("--proxy-pods") { Description = "Labels of the pods that serve Ingresses and Gateways; without it every node is taken to have a proxy." };
        var identity = new Option<string>("--identity") { Description = "Name among those who may lead.", DefaultValueFactory = _ => $"{Environment.MachineName.ToLowerInvariant()}_{Guid.NewGuid():n}" };
        var command = new Command("controller", "Run the network's controllers for a cluster that others run, in the foreground.") { kubeconfig, server, components, pools, clusterDns, ns, selector, identity };
        command.SetAction(async (parse, ct) =>
        {
            using var logs = ComponentLogs.Create();
            using var api = ApiAccess.Connect(ApiAccess.Read(parse.GetValue(kubeconfig), parse.GetValue(server)));
            var wanted = ComponentList.Parse(parse.GetValue(components)!);
            var options = new NetworkControlOptions
            {
                Gateways = wanted.HasFlag(NodeComponents.Gateway),
                LoadBalancerPools = wanted.HasFlag(NodeComponents.Services) ? [.. (parse.GetValue(pools) ?? []).SelectMany(p => p.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Pool)] : [],
                DnsAddresses = wanted.HasFlag(NodeComponents.Dns) ? DnsVerbOptions.Addresses(parse.GetValue(clusterDns)) : [],
                Proxies = parse.GetValue(selector) is { } labels ? (parse.GetValue(ns)!, labels) : null,
                LeaseNamespace = parse.GetValue(ns)!,
                Identity = parse.GetValue(identity)!,
            };
            try
            {
                await new NetworkControlLoop(options, logs, TimeProvider.System).RunAsync(api, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Asked to stop: the Lease is released, the next one leads.
            }

            return 0;
        });
        return command;
    }

    private static AddressPool Pool(string text) => AddressPool.Parse(text) ?? throw new CommandFailure($"--lb-pool {text} is no pool of addresses", "write it as 192.0.2.0/28, 192.0.2.10-192.0.2.20 or NAME=… of either");
}
