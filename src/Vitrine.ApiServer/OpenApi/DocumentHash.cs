using System.Security.Cryptography;
using System.Text;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>Of everything a document is made from, so that clients may keep it for ever under its hash. A custom kind that comes changes only its own group's.</summary>
internal sealed class DocumentHash(KindCatalog catalog)
{
    private readonly Lazy<byte[]> builtIn = new(() => OfBuiltIn(catalog));

    public string OfAll => Hash(catalog.Custom);

    /// <summary>Of the document of one group and version.</summary>
    public string Of(string group, string version) => Hash(catalog.Custom.Where(kind => kind.Group == group && kind.Version == version));

    private string Hash(IEnumerable<Kind> custom)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(builtIn.Value);
        foreach (var kind in custom)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{kind.ApiVersion} {kind.Plural} {kind.Custom?.Stamp}\n"));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static byte[] OfBuiltIn(KindCatalog catalog)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(Encoding.UTF8.GetBytes(ServerVersion.Git + typeof(DocumentHash).Assembly.GetName().Version));
        foreach (var kind in catalog.All.Where(static kind => kind.Custom is null))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(kind.ApiVersion + kind.QualifiedPlural + string.Join(',', kind.Subresources) + string.Join(',', kind.Verbs)));
        }
        foreach (var schema in (Stream[])[SchemaSet.OpenText(), SchemaSet.OpenGatewayText()])
        {
            var buffer = new byte[schema.Length];
            schema.ReadExactly(buffer);
            hash.AppendData(buffer);
            schema.Dispose();
        }
        return hash.GetHashAndReset();
    }
}
