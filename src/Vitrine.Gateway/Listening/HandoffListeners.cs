using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Vitrine.Gateway.Listening;

/// <summary>
/// Kestrel binds once, to these entrances; which ports are open is no concern of its. So listeners come and go while it runs, and it never closes a
/// connection because another listener changed.
/// </summary>
internal sealed class HandoffListeners : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ConcurrentDictionary<EndPoint, HandoffListener> bound = new();

    public bool CanBind(EndPoint endpoint) => endpoint is HandoffEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(bound[endpoint] = new HandoffListener(endpoint));

    /// <summary>False once Kestrel takes no more.</summary>
    public bool TryHand(HandoffEndPoint entrance, [NotNull] ConnectionContext connection) => bound.TryGetValue(entrance, out var listener) && listener.TryHand(connection);
}
