using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Forwarding;

namespace Vitrine.Gateway.Requests;

/// <summary>What Kestrel calls per request: nothing of a host, its activities and its logs stands between. Contexts are kept with their connections.</summary>
internal sealed class GatewayApplication(Courier courier, MirrorSender mirror) : IHttpApplication<GatewayApplication.Slot>
{
    public Slot CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<Slot> container)
            return new Slot(contextFeatures, mirror);
        if (container.HostContext is not { } kept)
            return container.HostContext = new Slot(contextFeatures, mirror);
        kept.Http.Initialize(contextFeatures);
        return kept;
    }

    public Task ProcessRequestAsync(Slot context) => courier.CarryAsync(context.Http, context.Exchange);

    public void DisposeContext(Slot context, Exception? exception) => context.Http.Uninitialize();

    internal sealed class Slot(IFeatureCollection features, MirrorSender mirror)
    {
        public DefaultHttpContext Http { get; } = new(features);

        public Exchange Exchange { get; } = new(mirror);
    }
}
