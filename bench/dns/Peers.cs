using System.Diagnostics;
using System.Net;
using System.Text;

namespace Vitrine.Bench.Dns;

/// <summary>Debian's servers with the same records, one thread each, all other work switched off.</summary>
internal sealed class Peers(string folder, int services)
{
    internal Contender Knot(IPAddress address)
    {
        var zone = new StringBuilder($"$ORIGIN {Names.Zone}.\n$TTL 30\n@ SOA ns.dns hostmaster 1 7200 1800 86400 5\n@ NS ns.dns\nns.dns A {address}\n");
        for (var i = 0; i < services; i++)
            zone.AppendLine($"{Names.Name(i)}. A {Names.Address(i)}");
        File.WriteAllText($"{folder}/zone", zone.ToString());
        File.WriteAllText($"{folder}/knot.conf", $"""
            server:
                rundir: "{folder}"
                listen: {address}@53
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            database:
                storage: "{folder}"
            zone:
              - domain: {Names.Zone}
                file: "{folder}/zone"
                zonefile-sync: -1
            """);
        return Start("knot", address, "knotd", "-c", $"{folder}/knot.conf");
    }

    internal Contender Unbound(IPAddress address)
    {
        var config = new StringBuilder($"""
            server:
                directory: "{folder}"
                username: ""
                chroot: ""
                pidfile: ""
                use-syslog: no
                interface: {address}
                access-control: 127.0.0.0/8 allow
                do-not-query-localhost: no
                num-threads: 1
                do-daemonize: no
                module-config: "iterator"
                minimal-responses: yes
                local-zone: "{Names.Zone}." static
                local-data: "{Names.Zone}. 30 IN SOA ns.dns.{Names.Zone}. hostmaster.{Names.Zone}. 1 7200 1800 86400 5"
            """).AppendLine();
        for (var i = 0; i < services; i++)
            config.AppendLine($"    local-data: \"{Names.Name(i)}. 30 IN A {Names.Address(i)}\"");
        File.WriteAllText($"{folder}/unbound.conf", config.ToString());
        return Start("unbound", address, "unbound", "-d", "-p", "-c", $"{folder}/unbound.conf");
    }

    internal Contender Dnsmasq(IPAddress address)
    {
        var config = new StringBuilder($"no-resolv\nno-hosts\nbind-interfaces\nlisten-address={address}\nlocal=/{Names.Zone}/\nlocal-ttl=30\nno-daemon\nuser=root\npid-file=\ncache-size=0\n");
        for (var i = 0; i < services; i++)
            config.AppendLine($"host-record={Names.Name(i)},{Names.Address(i)}");
        File.WriteAllText($"{folder}/dnsmasq.conf", config.ToString());
        return Start("dnsmasq", address, "dnsmasq", "-C", $"{folder}/dnsmasq.conf");
    }

    internal static Contender Start(string name, IPAddress address, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var contender = new Contender(name, process, address);
        for (var attempt = 0; !LoadClient.Answers(contender.EndPoint); attempt++)
        {
            if (process.HasExited || attempt > 300)
                throw new InvalidOperationException($"{name} does not answer");
            Thread.Sleep(100);
        }
        // knotd binds its worker to a CPU by itself, so this comes after its start, and for every thread.
        foreach (var task in Directory.GetDirectories($"/proc/{process.Id}/task"))
            Cpu.Bind(int.Parse(Path.GetFileName(task)), 0);
        return contender;
    }
}
