using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns;
using Vitrine.Dns.Apply;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Dns;

/// <summary>A node with the cluster's DNS in a namespace of its own, and dig(1) to ask it.</summary>
internal sealed class DnsLab : IDisposable
{
    public static readonly IPAddress V4 = IPAddress.Parse("10.96.0.10"), V6 = IPAddress.Parse("fd00:96::a");
    private readonly CancellationTokenSource stop = new();
    private readonly AddressLoop address;

    public DnsLab(Func<DnsOptions, DnsOptions>? with = null)
    {
        var options = new DnsOptions
        {
            Addresses = [V4, V6],
            OpenSocket = (family, type) => Netns.Handle.Run(() => new Socket(family, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp)),
        };
        Service = new DnsService(with?.Invoke(options) ?? options, TimeProvider.System);
        address = Netns.Handle.Run(() => new AddressLoop(options.Addresses, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System));
        Netns.Handle.Run(address.Pass);
        Netns.Handle.Run(() =>
        {
            Service.Listen();
            address.Here();
        });
        Running = Task.WhenAll(Service.RunAsync(stop.Token), address.RunAsync(stop.Token));
    }

    public ThrowAwayNetns Netns { get; } = new();

    public DnsService Service { get; }

    public Task Running { get; }

    public ClusterSnapshot Snapshot { get; private set; } = ClusterSnapshot.Empty;

    public static Service ServiceOf(string name, string ns = "default") => new() { Namespace = ns, Name = name, Uid = name };

    public static EndpointSlice SliceOf(Service service, string name, params Endpoint[] endpoints) => new()
    {
        Namespace = service.Namespace,
        Name = name,
        ServiceName = service.Name,
        Family = endpoints.FirstOrDefault()?.Address.AddressFamily ?? AddressFamily.InterNetwork,
        Ports = [.. service.Ports.Select(p => new EndpointPort(p.Name, p.Protocol, p.Port))],
        Endpoints = [.. endpoints],
    };

    public static Endpoint EndpointOf(string address, string hostname = "") => new() { Address = IPAddress.Parse(address), Hostname = hostname };

    /// <summary>The cluster as it is from now on: namespaces of the Services come with them.</summary>
    public DnsLab Add(Service service, params EndpointSlice[] slices)
    {
        var snapshot = Snapshot with
        {
            Services = Snapshot.Services.SetItem(service.Key, service),
            Namespaces = Snapshot.Namespaces.SetItem(service.Namespace, new Namespace(service.Namespace, service.Namespace, false)),
        };
        Update(slices.Aggregate(snapshot, (s, slice) => s.With(slice)), service.Key);
        return this;
    }

    public void Update(ClusterSnapshot snapshot, params string[] services) => Service.Update(Snapshot = snapshot, services);

    /// <summary>What dig prints, for arguments such as "+short NAME TYPE".</summary>
    public string Dig(string arguments, IPAddress? server = null, ThrowAwayNetns? from = null)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo("nsenter", [$"--net={(from ?? Netns).Path}", "dig", $"@{server ?? V4}", "+tries=1", "+time=6", "+norrcomments", .. words]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>Lines of +short, in order of their text: addresses are turned round from one answer to the next.</summary>
    public string[] Short(string arguments, IPAddress? server = null) =>
        [.. Dig($"+short {arguments}", server).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>NOERROR, NXDOMAIN, …</summary>
    public string Status(string arguments, IPAddress? server = null)
    {
        var output = Dig(arguments, server);
        var at = output.IndexOf("status: ", StringComparison.Ordinal);
        Assert.True(at >= 0, output);
        return output[(at + 8)..].Split(',')[0];
    }

    public void Dispose()
    {
        stop.Cancel();
        Running.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        Service.Dispose();
        address.Dispose();
        Netns.Dispose();
        stop.Dispose();
    }
}
