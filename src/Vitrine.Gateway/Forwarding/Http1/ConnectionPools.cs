using System.Collections.Concurrent;
using System.Net;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Kept connections by pod. One that nobody has used for a minute is closed.</summary>
internal sealed class ConnectionPools : IDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<IPEndPoint, ConnectionPool> pools = new();
    private readonly ITimer timer;

    public ConnectionPools(TimeProvider time) => timer = time.CreateTimer(static p => ((ConnectionPools)p!).Sweep(all: false), this, Round, Round);

    public ConnectionPool Of(IPEndPoint address) => pools.TryGetValue(address, out var known) ? known : pools.GetOrAdd(address, static a => new ConnectionPool(a));

    public void Dispose()
    {
        timer.Dispose();
        Sweep(all: true);
    }

    private void Sweep(bool all)
    {
        foreach (var (address, pool) in pools)
            if (!pool.Sweep(all))
                pools.TryRemove(new KeyValuePair<IPEndPoint, ConnectionPool>(address, pool));
    }
}
