using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Services;

/// <summary>What happens to a Service on its way in, in upstream's order: 1. old forms made one, 2. what the type rules out dropped, 3. families, then addresses and ports.</summary>
internal static class ServiceAdmission
{
    public static void Admit(AdmissionRequest request, JsonObject service)
    {
        DenyExternalIPs(request, service, null);
        ServiceDefaults.Apply(service);
        ServiceTransition.Normalize(ServiceFields.Spec(service), null);
        ServiceFamilies.Fill(request, service, null);
    }

    public static void Keep(AdmissionRequest request, UpdateScope scope, JsonObject service, JsonObject old)
    {
        if (scope != UpdateScope.Main)
        {
            return;
        }
        DenyExternalIPs(request, service, old);
        ServiceDefaults.Apply(service);
        var (spec, before) = (ServiceFields.Spec(service), ServiceFields.Spec(old));
        ServiceTransition.Normalize(spec, before);
        ServiceTransition.Patch(spec, before);
        ServiceTransition.Drop(spec, before);
        if (ServiceFields.Type(before) == "LoadBalancer" && ServiceFields.Type(spec) != "LoadBalancer")
        {
            service.Ensure("status")["loadBalancer"] = new JsonObject();
        }
        ServiceFamilies.Fill(request, service, old);
    }

    public static void Allocate(AdmissionRequest request, JsonObject service, JsonObject? old)
    {
        ClusterIPAllocation.Fill(request, service, old);
        NodePortAllocation.Fill(request, service, old);
    }

    // Those that are there may stay or become fewer.
    private static void DenyExternalIPs(AdmissionRequest request, JsonObject service, JsonObject? old)
    {
        var had = ServiceFields.Texts(ServiceFields.Spec(old), "externalIPs");
        if (!request.Services.AllowExternalIPs && ServiceFields.Texts(ServiceFields.Spec(service), "externalIPs").Any(address => !had.Contains(address)))
        {
            throw ApiErrors.Forbidden(request.Kind, service.TextAt("metadata.name"), "Use of external IPs is denied by admission control.");
        }
    }
}
