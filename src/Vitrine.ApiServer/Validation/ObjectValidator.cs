using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Validation;

internal static class ObjectValidator
{
    public static List<FieldCause> Validate(Kind kind, JsonObject obj, JsonObject? old) => [];
}
