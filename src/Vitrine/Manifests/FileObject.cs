using System.Text.Json.Nodes;
using Vitrine.ApiServer.Drafts;

namespace Vitrine.Manifests;

/// <summary>An object of the files as the API server would have it, and where it is written.</summary>
internal sealed record FileObject(DraftObject Draft, ManifestOrigin Origin)
{
    /// <summary>kind/namespace/name, as kubectl names it.</summary>
    public string Key => Draft.Key;

    public string Kind => Draft.Kind;

    public string Namespace => Draft.Namespace;

    public string Name => Draft.Name;

    public JsonObject Value => Draft.Value;
}
