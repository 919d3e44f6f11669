using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dataplane;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>The whole loop on one node: what a foreign hand undoes, what a restart finds, whom a balancer's address leads to.</summary>
public sealed class LoopTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table inet vitrine-services")]
    [InlineData("nft flush map inet vitrine-services backends-4")]
    [InlineData("nft flush chain inet vitrine-services prerouting")]
    [InlineData("nft flush map inet vitrine-services services-6")]
    [InlineData("nft add element inet vitrine-services services-4 '{ 10.96.0.99 . tcp . 80 : 0xfff00000 }'")]
    public void What_somebody_else_undoes_is_redone_within_two_seconds(string sabotage)
    {
        using var lab = new ServiceLab(2, 1);
        using var agent = new RunningServices(lab, lab.Lab.Nodes[0]);
        agent.Settle();
        var before = State(lab.Lab.Nodes[0]);
        Nft.Shell(lab.Lab.Nodes[0].Netns, sabotage);
        Assert.True(SpinWait.SpinUntil(() => State(lab.Lab.Nodes[0]) == before, Soon));
        Assert.StartsWith("web-", Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80));
    }

    [Fact]
    public void A_restart_changes_nothing_and_what_changed_meanwhile_is_put_right()
    {
        using var lab = new ServiceLab(3, 1);
        lab.Service = lab.Service with { AffinitySeconds = 100 };
        var node = lab.Lab.Nodes[0];
        Assert.True(lab.Hands(node).Update(lab.Plan(node)) > 0);
        var held = Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80);
        var before = State(node);
        lab.RestartAgent(node);
        Assert.Equal(0, lab.Hands(node).Update(lab.Plan(node)));
        Assert.Equal(before, State(node));
        Assert.Equal(held, Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80));
        lab.RestartAgent(node);
        lab.Endpoints = lab.Endpoints.RemoveAt(held[4] - '0' == 2 ? 0 : 2);
        // Per family: one slot and one backend fewer, and the two ports' front ends lead to another mode.
        Assert.InRange(lab.Hands(node).Update(lab.Plan(node)), 4, 26);
        Assert.Equal(held, Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80));
    }

    [Fact]
    public void An_endpoint_more_or_less_is_a_handful_of_elements_however_many_there_are()
    {
        using var lab = new ServiceLab(0, 1);
        lab.Service = lab.Service with { ClusterIPs = [ServiceLab.Vip4], Ports = [new ServicePort("", "TCP", 80, "8080", 0)] };
        lab.Endpoints = [.. Enumerable.Range(0, 200).Select(i => new Endpoint { Address = IPAddress.Parse($"10.244.2.{i + 3}"), NodeName = "node-2" })];
        lab.Apply();
        var node = lab.Lab.Nodes[0];
        lab.Endpoints = lab.Endpoints.RemoveAt(7);
        // The gap and the last place, and the front end's number of places: each an old and a new.
        Assert.InRange(lab.Hands(node).Update(lab.Plan(node)), 3, 5);
        lab.Endpoints = lab.Endpoints.Add(new Endpoint { Address = IPAddress.Parse("10.244.2.250"), NodeName = "node-2" });
        Assert.InRange(lab.Hands(node).Update(lab.Plan(node)), 2, 3);
    }

    [Fact]
    public void A_balancers_address_is_answered_by_one_node_and_by_another_when_it_is_gone()
    {
        using var lab = new ServiceLab(2, 1, 1);
        IPAddress v4 = IPAddress.Parse("10.0.1.200"), v6 = IPAddress.Parse("fd00:1::200");
        lab.Service = lab.Service with { Type = ServiceType.LoadBalancer, LoadBalancerAddresses = [v4, v6], HealthCheckNodePort = 30999, ExternalLocal = true };
        using var one = new RunningServices(lab, lab.Lab.Nodes[0]);
        using var two = new RunningServices(lab, lab.Lab.Nodes[1]);
        one.Settle();
        two.Settle();
        // From beyond the router, which asks for the address on the nodes' link; policy Local keeps the client's own.
        foreach (var (address, client) in new[] { (v4, "10.0.99.2"), (v6, "fd00:99::2") })
            Assert.Matches($"^web-[01] {client}$", Client.Tcp(lab.Lab.Outside, address, 80));
        Assert.Single(lab.Lab.Nodes, n => lab.Plan(n).Announced.Contains(v4));
        Assert.Contains("200 OK", Http(lab.Lab.Outside, lab.Lab.Nodes[0].V4, 30999));

        // Every node in turn is the only one with an endpoint: the router's old knowledge of the address is overwritten.
        foreach (var (keep, name) in new[] { (0, "web-0"), (1, "web-1"), (0, "web-0") })
        {
            lab.Endpoints = [ServiceLab.EndpointOf(lab.Webs[keep])];
            one.News("default/web");
            two.News("default/web");
            foreach (var address in new[] { v4, v6 })
                Assert.True(SpinWait.SpinUntil(() => Client.Tcp(lab.Lab.Outside, address, 80).StartsWith(name, StringComparison.Ordinal), Soon), $"{address} does not lead to {name}");
            Assert.Contains("503 Service Unavailable", Http(lab.Lab.Outside, lab.Lab.Nodes[1 - keep].V4, 30999));
            Assert.Contains("\"localEndpoints\": 1,", Http(lab.Lab.Outside, lab.Lab.Nodes[keep].V6, 30999));
        }
        // Unknown ports of the address are refused, not sent back to the link.
        Assert.Equal("refused", Client.Tcp(lab.Lab.Outside, v4, 81));

        lab.Service = lab.Service with { Type = ServiceType.ClusterIP, LoadBalancerAddresses = [], HealthCheckNodePort = 0 };
        one.News("default/web");
        two.News("default/web");
        Nft.Shell(lab.Lab.Router, "ip neigh flush all");
        Assert.True(SpinWait.SpinUntil(() => Client.Tcp(lab.Lab.Outside, v4, 80) is "HostUnreachable" or "silent", Soon));
    }

    private static string Http(ThrowAwayNetns from, IPAddress to, int port)
    {
        using var socket = from.Handle.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(to, port);
        socket.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"u8);
        using var reader = new StreamReader(new NetworkStream(socket));
        return reader.ReadToEnd();
    }

    private static string State(LabNode node) => string.Join('\n', System.Text.RegularExpressions.Regex.Replace(Nft.Run(node.Netns, "list ruleset"), @"packets \d+ bytes \d+| expires \w+", "")
        .Split('\n').SkipWhile(l => l != "table inet vitrine-services {").TakeWhile(l => l != "}"));

    private sealed class RunningServices : IDisposable
    {
        private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly CancellationTokenSource stop = new();
        private readonly HashSet<string> changed = [];
        private readonly ServiceLoop loop;
        private readonly Task running;

        public RunningServices(ServiceLab lab, LabNode node)
        {
            loop = node.Netns.Handle.Run(() => new ServiceLoop(
                () =>
                {
                    lock (changed)
                    {
                        var taken = changed.ToHashSet();
                        changed.Clear();
                        return (lab.Snapshot, taken);
                    }
                },
                null, node.Node.Name, lab.Rules, NullLogger.Instance, TimeProvider.System));
            running = Task.Run(() => loop.RunAsync(signal, stop.Token));
        }

        public void News(string service)
        {
            lock (changed)
                changed.Add(service);
            signal.Writer.TryWrite(true);
        }

        public void Settle()
        {
            Thread.Sleep(400);
            Assert.False(running.IsCompleted, $"{running.Exception}");
        }

        public void Dispose()
        {
            stop.Cancel();
            running.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            loop.Dispose();
            stop.Dispose();
        }
    }
}
