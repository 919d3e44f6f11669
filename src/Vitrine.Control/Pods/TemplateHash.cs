using System.Text;

namespace Vitrine.Control.Pods;

/// <summary>
/// The hash in the names of ReplicaSets and ControllerRevisions: FNV-1a 32 of the canonical text, spelt in the letters of
/// apimachinery's rand.SafeEncodeString, which make no words.
/// </summary>
internal static class TemplateHash
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    public static string Of(string canonical, int? collisions)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(canonical))
        {
            hash = (hash ^ b) * 16777619u;
        }

        for (var i = 0; collisions is not null && i < 4; i++)
        {
            hash = (hash ^ (byte)(collisions.Value >> (8 * i))) * 16777619u;
        }

        return string.Concat(hash.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(c => Letters[c % Letters.Length]));
    }
}
