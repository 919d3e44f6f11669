using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>resolv.conf(5): the lines a pod inherits from its node.</summary>
internal static class ResolvConf
{
    public const string Path = "/etc/resolv.conf";

    /// <summary>glibc reads no more than three servers (MAXNS).</summary>
    private const int MaxServers = 3;

    public static DNSConfig Parse(string text)
    {
        var config = new DNSConfig();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..] when config.Servers.Count < MaxServers:
                    config.Servers.Add(server);
                    break;
                case ["search" or "domain", .. var domains]:
                    config.Searches.Clear();
                    config.Searches.AddRange(domains.Where(d => d != "."));
                    break;
                case ["options", .. var options]:
                    config.Options.AddRange(options);
                    break;
            }
        }

        return config;
    }
}
