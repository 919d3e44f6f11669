using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class ControllerRevisionRules
{
    /// <summary>A revision is a snapshot: what it holds never changes, only its number.</summary>
    public static void Check(JsonObject revision, JsonObject? old, List<FieldCause> causes)
    {
        if (!revision.Has("data"))
        {
            causes.Add(Cause.Required("data", "data is mandatory"));
        }
        causes.AtLeastZero(revision, "", "revision");
        if (old is not null)
        {
            causes.Unchanged(revision, old, "", "data");
        }
    }
}
