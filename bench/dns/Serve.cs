using System.Net;
using Vitrine.Dns;

namespace Vitrine.Bench.Dns;

/// <summary>Vitrine's side: the DNS of a node, fed by lines on standard input instead of an API: INDEX ADDRESS.</summary>
internal static class Serve
{
    internal static void Run(int services)
    {
        var snapshot = Names.Snapshot(services);
        using var dns = new DnsService(new DnsOptions { Addresses = [Names.Listen[0]] }, TimeProvider.System);
        dns.Update(snapshot, [.. snapshot.Services.Keys]);
        dns.Listen();
        DnsAgent.ReturnMemory();
        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ') is [var index, var address])
        {
            var service = Names.Service(int.Parse(index), IPAddress.Parse(address));
            snapshot = snapshot with { Services = snapshot.Services.SetItem(service.Key, service) };
            dns.Update(snapshot, [service.Key]);
        }
    }
}
