using System.Collections.Immutable;

namespace Vitrine.Model.Watching;

/// <summary>The kinds of the Gateway API that are watched.</summary>
public static class GatewayResources
{
    public static ImmutableArray<GatewayResource> All { get; } =
    [
        new("GatewayClass", "gatewayclasses", "v1", s => s.GatewayClasses, (s, o) => s with { GatewayClasses = o }),
        new("Gateway", "gateways", "v1", s => s.Gateways, (s, o) => s with { Gateways = o }),
        new("HTTPRoute", "httproutes", "v1", s => s.HttpRoutes, (s, o) => s with { HttpRoutes = o }),
        new("GRPCRoute", "grpcroutes", "v1", s => s.GrpcRoutes, (s, o) => s with { GrpcRoutes = o }),
        new("TLSRoute", "tlsroutes", "v1", s => s.TlsRoutes, (s, o) => s with { TlsRoutes = o }),
        new("BackendTLSPolicy", "backendtlspolicies", "v1", s => s.BackendTlsPolicies, (s, o) => s with { BackendTlsPolicies = o }),
        new("ReferenceGrant", "referencegrants", "v1beta1", s => s.ReferenceGrants, (s, o) => s with { ReferenceGrants = o }),
    ];
}
