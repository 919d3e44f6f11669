using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Patch;

/// <summary>RFC 7386: objects merge, null removes, anything else replaces.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (target[name] is not JsonObject child)
                {
                    // Into an empty object, because nulls inside the patch must not be stored.
                    child = [];
                    target[name] = child;
                }
                Apply(child, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
        return target;
    }
}
