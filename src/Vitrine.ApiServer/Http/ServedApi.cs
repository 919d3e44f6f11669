using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.OpenApi;

namespace Vitrine.ApiServer.Http;

/// <summary>What is served at one moment, and the documents that say so. Replaced as one when a custom kind comes, changes or goes.</summary>
internal sealed class ServedApi(KindCatalog catalog)
{
    public KindCatalog Catalog => catalog;

    public DiscoveryRoutes Discovery { get; } = new(catalog);

    public OpenApiRoutes OpenApi { get; } = new(catalog);
}
