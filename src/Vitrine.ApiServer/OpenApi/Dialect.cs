namespace Vitrine.ApiServer.OpenApi;

/// <summary>The two versions of OpenAPI that clients ask for.</summary>
internal enum Dialect
{
    Swagger2,
    OpenApi3,
}
