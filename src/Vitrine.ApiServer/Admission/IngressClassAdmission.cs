using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Admission;

/// <summary>
/// The admission plugin DefaultIngressClass: an Ingress that names no class gets the default one, of several the newest.
/// Source: plugin/pkg/admission/network/defaultingressclass.
/// </summary>
internal static class IngressClassAdmission
{
    private const string IsDefault = "ingressclass.kubernetes.io/is-default-class";
    private const string OlderClass = "kubernetes.io/ingress.class";

    public static void Admit(AdmissionRequest request, JsonObject ingress)
    {
        if (ingress["spec"].Has("ingressClassName") || ingress["metadata"].Object("annotations").Has(OlderClass))
        {
            return;
        }
        if (request.TreeOf("networking.k8s.io", "ingressclasses") is not { } classes || classes.List("").Select(stored => stored.Parse())
            .Where(value => value["metadata"].Object("annotations").Text(IsDefault) == "true")
            .OrderByDescending(value => value["metadata"].Moment("creationTimestamp")).ThenBy(value => value.TextAt("metadata.name"), StringComparer.Ordinal)
            .FirstOrDefault() is not { } chosen)
        {
            return;
        }
        ingress.Ensure("spec")["ingressClassName"] = chosen.TextAt("metadata.name");
    }
}
