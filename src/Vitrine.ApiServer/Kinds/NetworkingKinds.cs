using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group networking.k8s.io.</summary>
internal static class NetworkingKinds
{
    private const string Package = "io.k8s.api.networking.v1.";

    public static Kind Ingress { get; } = new()
    {
        Group = "networking.k8s.io",
        Version = "v1",
        Name = "Ingress",
        Plural = "ingresses",
        Singular = "ingress",
        Namespaced = true,
        ShortNames = ["ing"],
        Subresources = ["status"],
        Schema = Package + "Ingress",
        CountsGeneration = true,
        HasDependents = false,
        Prepare = IngressClassAdmission.Admit,
        Validate = IngressRules.Check,
        Table = IngressTables.Ingresses,
    };

    public static Kind IngressClass { get; } = new()
    {
        Group = "networking.k8s.io",
        Version = "v1",
        Name = "IngressClass",
        Plural = "ingressclasses",
        Singular = "ingressclass",
        Namespaced = false,
        Schema = Package + "IngressClass",
        CountsGeneration = true,
        HasDependents = false,
        Default = IngressClassDefaults.Apply,
        Validate = IngressClassRules.Check,
        Table = IngressTables.Classes,
    };

    public static Kind NetworkPolicy { get; } = new()
    {
        Group = "networking.k8s.io",
        Version = "v1",
        Name = "NetworkPolicy",
        Plural = "networkpolicies",
        Singular = "networkpolicy",
        Namespaced = true,
        ShortNames = ["netpol"],
        Schema = Package + "NetworkPolicy",
        CountsGeneration = true,
        HasDependents = false,
        Default = NetworkPolicyDefaults.Apply,
        Validate = NetworkPolicyRules.Check,
        Table = NetworkPolicyTables.Policies,
    };
}
