using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>Network namespaces that were opened for questions, by the names of their stations, and what was read there; each once.</summary>
internal sealed class OpenStations : IDisposable
{
    private readonly Dictionary<string, NetnsHandle> opened = [];
    private readonly Dictionary<(string Name, IPAddress? Towards), Station> read = [];

    public NetnsHandle this[string station] => opened[station];

    public NetnsHandle? Find(string station) => opened.GetValueOrDefault(station);

    /// <summary>Reads a station as it is when first asked for, and adds it; null where there is none.</summary>
    /// <param name="stations">those read so far</param>
    /// <param name="name">of this one</param>
    /// <param name="towards">destination whose learnt path MTU matters; null for none</param>
    /// <param name="open">its namespace, null where it has none</param>
    public Station? Read(ImmutableDictionary<string, Station>.Builder stations, string name, IPAddress? towards, Func<NetnsHandle?> open)
    {
        try
        {
            if (!opened.TryGetValue(name, out var netns))
            {
                if (open() is not { } found)
                    return null;
                opened[name] = netns = found;
            }
            if (!read.TryGetValue((name, towards), out var station))
                read[(name, towards)] = station = StationReader.Read(name, netns, towards);
            return stations[name] = station;
        }
        catch (LinuxException)
        {
            // A pod that ends just now, or a pin without its mount: its node is down, or going down.
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var netns in opened.Values)
            netns.Dispose();
        opened.Clear();
        read.Clear();
    }
}
