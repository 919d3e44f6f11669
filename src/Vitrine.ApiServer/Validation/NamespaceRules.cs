using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.PodSecurity;

namespace Vitrine.ApiServer.Validation;

internal static class NamespaceRules
{
    public static void Check(JsonObject ns, JsonObject? old, List<FieldCause> causes)
    {
        foreach (var finalizer in ns.Object("spec").Array("finalizers") ?? [])
        {
            causes.Named("spec.finalizers", finalizer.AsText() ?? "", Names.Qualified);
        }
        PodSecurityAdmission.CheckNamespace(ns, causes);
        var phase = ns.TextAt("status.phase");
        var expected = ns.Object("metadata").Has("deletionTimestamp") ? "Terminating" : "Active";
        // Only a change of phase is judged: whoever deletes sets the time first and the phase with it.
        if (old is not null && phase != old.TextAt("status.phase") && phase != expected)
        {
            causes.Add(Cause.Invalid("status.phase", phase,
                expected == "Active" ? "may only be 'Active' if `deletionTimestamp` is empty" : "may only be 'Terminating' if `deletionTimestamp` is not empty"));
        }
    }
}
