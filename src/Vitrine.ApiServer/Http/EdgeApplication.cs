using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vitrine.ApiServer.Http;

/// <summary>What Kestrel calls per request. One context per connection slot is kept and filled anew, as ASP.NET's own host does.</summary>
internal sealed class EdgeApplication(ApiEdge edge) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> slot)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (slot.HostContext is { } kept)
        {
            kept.Initialize(contextFeatures);
            return kept;
        }

        return slot.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => edge.HandleAsync(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
