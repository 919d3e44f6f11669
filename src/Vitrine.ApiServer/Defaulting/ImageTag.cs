namespace Vitrine.ApiServer.Defaulting;

/// <summary>The pull policy an image reference implies.</summary>
internal static class ImageTag
{
    /// <summary>Always for :latest and for neither tag nor digest, else IfNotPresent.</summary>
    public static string PullPolicy(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        // A colon before the last slash is a registry's port.
        var tag = name[(name.LastIndexOf('/') + 1)..];
        var colon = tag.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? digest < 0 : tag[(colon + 1)..] == "latest") ? "Always" : "IfNotPresent";
    }
}
