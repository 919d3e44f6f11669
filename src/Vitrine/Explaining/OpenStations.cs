using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>Network namespaces that were opened for a question, by the names of their stations; each once.</summary>
internal sealed class OpenStations : IDisposable
{
    private readonly Dictionary<string, NetnsHandle> opened = [];

    public NetnsHandle this[string station] => opened[station];

    public NetnsHandle? Find(string station) => opened.GetValueOrDefault(station);

    /// <summary>Reads a station as it is now, and adds it; null where there is none.</summary>
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
            return stations[name] = StationReader.Read(name, netns, towards);
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
    }
}
