using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group gateway.networking.k8s.io: upstream custom resources, here kinds as all others (https://gateway-api.sigs.k8s.io/reference/spec/).</summary>
internal static class GatewayKinds
{
    public const string Group = "gateway.networking.k8s.io";
    private const string Package = "io.k8s.networking.gateway.";

    public static Kind GatewayClass { get; } = Of("GatewayClass", "gatewayclasses", "gc") with
    {
        Namespaced = false, Subresources = ["status"], Default = GatewayDefaults.ApplyClass, Validate = GatewayRules.CheckClass, Table = GatewayTables.Classes,
    };

    public static Kind Gateway { get; } = Of("Gateway", "gateways", "gtw") with
    {
        Subresources = ["status"], HasDependents = true, Default = GatewayDefaults.ApplyGateway, Validate = GatewayRules.Check, Table = GatewayTables.Gateways,
    };

    public static Kind HttpRoute { get; } = Of("HTTPRoute", "httproutes") with
    {
        Subresources = ["status"], Default = RouteDefaults.ApplyHttp, Validate = HttpRouteRules.Check, Table = GatewayTables.Routes,
    };

    public static Kind GrpcRoute { get; } = Of("GRPCRoute", "grpcroutes") with
    {
        Subresources = ["status"], Default = RouteDefaults.ApplyGrpc, Validate = GrpcRouteRules.Check, Table = GatewayTables.Routes,
    };

    public static Kind TlsRoute { get; } = Of("TLSRoute", "tlsroutes") with
    {
        Subresources = ["status"], Default = RouteDefaults.ApplyTls, Validate = TlsRouteRules.Check, Table = GatewayTables.Routes,
    };

    public static Kind BackendTlsPolicy { get; } = Of("BackendTLSPolicy", "backendtlspolicies", "btlspolicy") with
    {
        Subresources = ["status"], Validate = TlsRouteRules.CheckPolicy, Table = GatewayTables.Grants,
    };

    public static Kind ReferenceGrant { get; } = Of("ReferenceGrant", "referencegrants", "refgrant") with
    {
        Version = "v1beta1", Schema = Package + "v1beta1.ReferenceGrant", Validate = GatewayRules.CheckGrant, Table = GatewayTables.Grants,
    };

    private static Kind Of(string name, string plural, params string[] shortNames) => new()
    {
        Group = Group,
        Version = "v1",
        Name = name,
        Plural = plural,
        Singular = name.ToLowerInvariant(),
        Namespaced = true,
        ShortNames = shortNames,
        Categories = ["gateway-api"],
        Schema = $"{Package}v1.{name}",
        CountsGeneration = true,
        HasDependents = false,
    };
}
