namespace Vitrine.ApiServer.Http;

/// <summary>The shapes an object can be answered in (https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources).</summary>
internal enum ResponseForm
{
    Object,
    Table,
    PartialMetadata,
}
