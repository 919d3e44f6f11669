using System.Buffers.Text;
using System.Text;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Verbs;

/// <summary>Where a chunked list goes on: after one key, as of one revision (-1: as of now). Opaque to clients.</summary>
internal readonly record struct ContinueToken(long Revision, string Namespace, string Name)
{
    public string Encode() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"v1/{Revision}/{Namespace}/{Name}"));

    public static ContinueToken Decode(string text)
    {
        if (Base64Url.IsValid(text))
        {
            string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('/');
            if (parts is ["v1", _, _, { Length: > 0 }] && long.TryParse(parts[1], out long revision) && revision >= -1)
            {
                return new ContinueToken(revision, parts[2], parts[3]);
            }
        }

        throw ApiErrors.BadRequest("continue key is not valid");
    }

    public bool Precedes(string ns, string name)
    {
        int order = string.CompareOrdinal(Namespace, ns);
        return order < 0 || (order == 0 && string.CompareOrdinal(Name, name) < 0);
    }
}
