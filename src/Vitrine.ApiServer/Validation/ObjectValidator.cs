using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Validation;

/// <summary>All that is wrong with an object: its metadata, then what its kind says.</summary>
internal static class ObjectValidator
{
    /// <summary>An empty list is a valid object.</summary>
    /// <param name="kind">The kind of both objects.</param>
    /// <param name="obj">Decoded and defaulted.</param>
    /// <param name="old">What is stored, null on create.</param>
    public static List<FieldCause> Validate(Kind kind, JsonObject obj, JsonObject? old)
    {
        var causes = new List<FieldCause>();
        MetadataRules.Check(kind, obj, old, causes);
        kind.Validate(obj, old, causes);
        return causes;
    }
}
