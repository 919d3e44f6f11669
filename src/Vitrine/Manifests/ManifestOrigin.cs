using Vitrine.ApiServer.Drafts;

namespace Vitrine.Manifests;

/// <summary>Where an object is written.</summary>
/// <param name="File">as it was given or found; "-" for standard input</param>
/// <param name="Document">of the file</param>
/// <param name="Prefix">path of the object in its document: "items[2]." in a List, else empty</param>
internal sealed record ManifestOrigin(string File, ManifestDocument Document, string Prefix = "")
{
    public int LineOf(string field) => Document.LineOf(Prefix + field);

    public override string ToString() => $"{File}:{Document.LineOf(Prefix.TrimEnd('.'))}";
}
