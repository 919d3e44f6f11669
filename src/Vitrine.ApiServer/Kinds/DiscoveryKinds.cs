using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group discovery.k8s.io.</summary>
internal static class DiscoveryKinds
{
    public static Kind EndpointSlice { get; } = new()
    {
        Group = "discovery.k8s.io",
        Version = "v1",
        Name = "EndpointSlice",
        Plural = "endpointslices",
        Singular = "endpointslice",
        Namespaced = true,
        Schema = "io.k8s.api.discovery.v1.EndpointSlice",
        CountsGeneration = true,
        HasDependents = false,
        Default = EndpointDefaults.ApplySlice,
        Validate = EndpointSliceRules.Check,
        Table = EndpointTables.Slices,
    };
}
