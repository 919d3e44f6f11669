using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Services;

/// <summary>spec.ipFamilyPolicy and spec.ipFamilies from what was given and what the cluster has (KEP-563; initIPFamilyFields of upstream's alloc.go).</summary>
internal static class ServiceFamilies
{
    public static void Fill(AdmissionRequest request, JsonObject service, JsonObject? old)
    {
        var spec = ServiceFields.Spec(service);
        if (!ServiceFields.NeedsClusterIP(spec))
        {
            return;
        }
        var before = old is not null && ServiceFields.NeedsClusterIP(ServiceFields.Spec(old)) ? ServiceFields.Spec(old) : null;
        if (before is not null)
        {
            if (IsUntouchedPreference(spec, before))
            {
                return;
            }
            ToSingle(spec, before);
        }
        var (addresses, families) = (ServiceFields.ClusterIPs(spec), ServiceFields.Texts(spec, "ipFamilies").ToList());
        spec.DefaultText("ipFamilyPolicy", addresses.Count == 2 || families.Count == 2 ? "RequireDualStack" : "SingleStack");
        var dual = spec.Text("ipFamilyPolicy") != "SingleStack";
        var configured = request.Services.Cidrs.Select(static range => IpFamilies.Of(range.BaseAddress).ToString()).ToList();
        List<FieldCause> causes = [];
        for (var i = families.Count; i < addresses.Count && IPAddress.TryParse(addresses[i], out var address); i++)
        {
            families.Add(IpFamilies.Of(address).ToString());
        }
        if (families.Count == 0)
        {
            families.Add(configured[0]);
        }
        if (ServiceFields.IsHeadless(spec) && !ServiceFields.HasSelector(spec))
        {
            // Its endpoints are somebody else's: they may have families this cluster has not.
            AddOther(families, dual);
        }
        else
        {
            if (spec.Text("ipFamilyPolicy") == "RequireDualStack" && configured.Count < 2)
            {
                causes.Add(Cause.Invalid("spec.ipFamilyPolicy", "RequireDualStack", "this cluster is not configured for dual-stack services"));
            }
            for (var i = 0; i < families.Count; i++)
            {
                if (families[i] is "IPv4" or "IPv6" && !configured.Contains(families[i]))
                {
                    causes.Add(Cause.Invalid($"spec.ipFamilies[{i}]", families[i], "not configured on this cluster"));
                }
            }
            AddOther(families, dual && configured.Count == 2);
        }
        if (causes.Count > 0)
        {
            throw ApiErrors.Invalid(request.Kind, service.TextAt("metadata.name"), causes);
        }
        spec["ipFamilies"] = ServiceFields.Array(families);
    }

    private static void AddOther(List<string> families, bool wanted)
    {
        if (wanted && families is [var only] && Enum.TryParse<IpFamily>(only, out var family))
        {
            families.Add(family.Other().ToString());
        }
    }

    // A preference that found one family is not to grow because the cluster did, or because somebody changed a label.
    private static bool IsUntouchedPreference(JsonObject spec, JsonObject before) =>
        spec.Text("ipFamilyPolicy") == "PreferDualStack" && before.Text("ipFamilyPolicy") == "PreferDualStack"
        && ServiceFields.Same(spec, before, "clusterIPs") && ServiceFields.Same(spec, before, "ipFamilies");

    // From two families to one: only the policy needs to be changed.
    private static void ToSingle(JsonObject spec, JsonObject before)
    {
        if (spec.Text("ipFamilyPolicy") != "SingleStack" || before.Text("ipFamilyPolicy") == "SingleStack")
        {
            return;
        }
        foreach (var field in (ReadOnlySpan<string>)["clusterIPs", "ipFamilies"])
        {
            if (ServiceFields.Texts(spec, field) is { Count: 2 } both && ServiceFields.Same(spec, before, field))
            {
                spec[field] = ServiceFields.Array(both.Take(1));
            }
        }
    }
}
