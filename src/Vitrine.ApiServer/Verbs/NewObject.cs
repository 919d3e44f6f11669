using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.PodSecurity;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Verbs;

/// <summary>What becomes of a decoded object before it is written: filled in, admitted, defaulted, judged.</summary>
internal static class NewObject
{
    /// <summary>What does not depend on its name. Throws a 400 for metadata that cannot be.</summary>
    public static void Prepare(AdmissionRequest request, JsonObject value)
    {
        if (request.Kind.Subresources.Contains("status") && request.Kind is not { Group: "", Plural: "nodes" })
        {
            // Nodes alone may bring a status: kubelets register themselves with their capacity.
            value.Remove("status");
        }

        ObjectMeta.PrepareCreate(request, value);
    }

    /// <summary>It is to be given a name by its generateName.</summary>
    public static bool IsUnnamed(JsonObject value) => ObjectMeta.Of(value) is var metadata && ObjectMeta.Text(metadata, "name").Length == 0 && ObjectMeta.Text(metadata, "generateName").Length > 0;

    /// <summary>The rest; its name. Throws a 403 for what admission refuses, a 422 with a cause for each field that is invalid.</summary>
    public static string Complete(AdmissionRequest request, JsonObject value)
    {
        JsonObject metadata = ObjectMeta.Of(value);
        ObjectMeta.GenerateName(metadata, request.Chance);
        NodeRestriction.CheckCreate(request, value);
        PodSecurityAdmission.CheckTemplate(request, value);
        request.Kind.Prepare(request, value);
        request.Kind.Default(value);
        string name = ObjectMeta.Text(ObjectMeta.Of(value), "name");
        return ObjectValidator.Validate(request.Kind, value, null) is { Count: > 0 } causes ? throw ApiErrors.Invalid(request.Kind, name, causes) : name;
    }
}
