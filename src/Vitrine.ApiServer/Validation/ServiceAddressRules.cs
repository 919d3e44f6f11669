using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer.Validation;

/// <summary>clusterIPs, ipFamilies, externalIPs of a Service. Source: ValidateServiceClusterIPsRelatedFields of pkg/apis/core/validation.</summary>
internal static class ServiceAddressRules
{
    public static void Check(JsonObject spec, JsonObject? before, List<FieldCause> causes)
    {
        for (var (i, external) = (0, ServiceFields.Texts(spec, "externalIPs")); i < external.Count; i++)
        {
            if (causes.Address($"spec.externalIPs[{i}]", external[i]))
            {
                causes.NotSpecial($"spec.externalIPs[{i}]", external[i]);
            }
        }
        if (!ServiceFields.NeedsClusterIP(spec))
        {
            return;
        }
        var addresses = ServiceFields.Texts(spec, "clusterIPs");
        var families = ServiceFields.Texts(spec, "ipFamilies");
        causes.OneOf(spec, "spec", "ipFamilyPolicy", "SingleStack", "PreferDualStack", "RequireDualStack");
        Families(families, causes);
        Addresses(spec, addresses, families, causes);
        if (before is not null && ServiceFields.NeedsClusterIP(before))
        {
            Change(spec, before, addresses, families, causes);
        }
    }

    private static void Families(IReadOnlyList<string> families, List<FieldCause> causes)
    {
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i] is not ("IPv4" or "IPv6"))
            {
                causes.Add(Cause.NotSupported($"spec.ipFamilies[{i}]", families[i], "IPv4", "IPv6"));
            }
            else if (families.Take(i).Contains(families[i]))
            {
                causes.Add(Cause.Duplicate($"spec.ipFamilies[{i}]", families[i]));
            }
        }
    }

    private static void Addresses(JsonObject spec, IReadOnlyList<string> addresses, IReadOnlyList<string> families, List<FieldCause> causes)
    {
        var shown = ServiceFields.Array(addresses);
        if (spec.Text("clusterIP").Length == 0 && addresses.Count > 0)
        {
            causes.Add(Cause.Invalid("spec.clusterIPs", shown, "must be empty when `clusterIP` is not specified"));
        }
        else if (addresses.Count > 0 && spec.Text("clusterIP") != addresses[0])
        {
            causes.Add(Cause.Invalid("spec.clusterIPs", shown, "first value must match `clusterIP`"));
        }
        if (addresses.Count > 1 && addresses.Contains(ServiceFields.None))
        {
            causes.Add(Cause.Invalid("spec.clusterIPs", shown, "'None' must be the first and only value"));
            return;
        }
        if (ServiceFields.Type(spec) != "ClusterIP" && addresses is [ServiceFields.None])
        {
            causes.Add(Cause.Invalid("spec.clusterIPs[0]", ServiceFields.None, $"may not be set to 'None' for {ServiceFields.Type(spec)} services"));
        }
        if (addresses.Count > 2)
        {
            causes.Add(Cause.Invalid("spec.clusterIPs", shown, "may only hold up to 2 values"));
            return;
        }
        if (spec.Text("ipFamilyPolicy") == "SingleStack" && (addresses.Count > 1 || families.Count > 1))
        {
            causes.Add(Cause.Invalid("spec.ipFamilyPolicy", "SingleStack", "must be RequireDualStack or PreferDualStack when multiple 'clusterIPs' are specified"));
        }
        for (var i = 0; i < addresses.Count && addresses[i] != ServiceFields.None; i++)
        {
            if (addresses[i].Length == 0 || !causes.Address($"spec.clusterIPs[{i}]", addresses[i]))
            {
                continue;
            }
            if (i < families.Count && families[i] != IpFamilies.Of(IPAddress.Parse(addresses[i])).ToString())
            {
                causes.Add(Cause.Invalid($"spec.clusterIPs[{i}]", addresses[i], $"expected an {families[i]} value as indicated by `ipFamilies[{i}]`"));
            }
        }
    }

    private static void Change(JsonObject spec, JsonObject before, IReadOnlyList<string> addresses, IReadOnlyList<string> families, List<FieldCause> causes)
    {
        const string fixedNow = "may not change once set";
        var (old, oldFamilies) = (ServiceFields.ClusterIPs(before), ServiceFields.Texts(before, "ipFamilies"));
        if (old.Count > 0 && (addresses.Count == 0 || addresses[0] != old[0]))
        {
            causes.Add(Cause.Invalid("spec.clusterIPs[0]", ServiceFields.Array(addresses), addresses.Count == 0 ? "primary clusterIP can not be unset" : fixedNow));
        }
        if (old.Count > 1 && addresses.Count > 1 && addresses[1] != old[1])
        {
            causes.Add(Cause.Invalid("spec.clusterIPs[1]", ServiceFields.Array(addresses), fixedNow));
        }
        if (old.Count > 1 && addresses.Count == 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
        {
            causes.Add(Cause.Invalid("spec.ipFamilyPolicy", spec.Text("ipFamilyPolicy"), "must be set to 'SingleStack' when releasing the secondary clusterIP"));
        }
        // A headless Service without selector has the families its owner says, as often as that changes.
        if (ServiceFields.IsHeadless(spec) && !ServiceFields.HasSelector(spec))
        {
            return;
        }
        if (oldFamilies.Count > 0 && families.Count > 0 && families[0] != oldFamilies[0])
        {
            causes.Add(Cause.Invalid("spec.ipFamilies[0]", ServiceFields.Array(families), fixedNow));
        }
        if (oldFamilies.Count > 1 && families.Count == 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
        {
            causes.Add(Cause.Invalid("spec.ipFamilyPolicy", spec.Text("ipFamilyPolicy"), "must be set to 'SingleStack' when releasing the secondary ipFamily"));
        }
    }
}
