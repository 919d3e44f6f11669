using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class LeaseRules
{
    public static void Check(JsonObject lease, JsonObject? old, List<FieldCause> causes)
    {
        var spec = lease.Object("spec");
        if (spec.Number("leaseDurationSeconds") is <= 0 and { } seconds)
        {
            causes.Add(Cause.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
        }
        causes.AtLeastZero(spec, "spec", "leaseTransitions");
        if (spec.Has("holderIdentity") && spec.Text("holderIdentity").Length == 0 && spec.Text("strategy").Length > 0)
        {
            causes.Add(Cause.Invalid("spec.holderIdentity", "", "must not be empty"));
        }
    }
}
