using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Services;

/// <summary>spec.ports[].nodePort and spec.healthCheckNodePort. Source: pkg/registry/core/service/storage/alloc.go.</summary>
internal static class NodePortAllocation
{
    /// <summary>Changes the spec; throws a 422 that says which port cannot be had.</summary>
    public static void Fill(AdmissionRequest request, JsonObject service, JsonObject? old)
    {
        var (spec, before) = (ServiceFields.Spec(service), ServiceFields.Spec(old));
        var name = service.TextAt("metadata.name");
        var (tree, key) = (request.Tree(request.Kind), KindTree.Key(request.Namespace, name));
        var ranges = request.Services;
        var taken = new Dictionary<long, string>();
        if (ServiceFields.MayHaveNodePorts(spec))
        {
            var had = before.Objects("ports").Select(static port => port.Number("nodePort") ?? 0).Append(before.Number("healthCheckNodePort") ?? 0).ToHashSet();
            var ports = spec.Objects("ports").ToArray();

            // 1. what is asked for
            for (var i = 0; i < ports.Length; i++)
            {
                if (ports[i].Number("nodePort") is > 0 and var asked)
                {
                    if (!taken.ContainsKey(asked) && !had.Contains(asked))
                    {
                        Check(asked, $"spec.ports[{i}].nodePort");
                    }
                    taken[asked] = "ports";
                }
            }

            // 2. what is left open: a port of the same number in another protocol shares its node port
            foreach (var port in ServiceFields.WantsNodePorts(spec) ? ports : [])
            {
                if (port.Number("nodePort") is null or 0)
                {
                    port["nodePort"] = Twin(ports, port) is { } shared ? shared : Take();
                }
            }
        }
        if (!ServiceFields.NeedsHealthCheckNodePort(spec))
        {
            return;
        }
        if (spec.Number("healthCheckNodePort") is not (> 0 and var health))
        {
            spec["healthCheckNodePort"] = Take();
        }
        else if (health != before.Number("healthCheckNodePort"))
        {
            Check(health, "spec.healthCheckNodePort");
        }

        void Check(long port, string field)
        {
            if (port < ranges.FirstNodePort || port > ranges.LastNodePort)
            {
                throw ApiErrors.Invalid(request.Kind, name, [Cause.Invalid(field, port, $"provided port is not in the valid range. The range of valid ports is {ranges.FirstNodePort}-{ranges.LastNodePort}")]);
            }
            if (taken.ContainsKey(port) || (tree.OwnerOf(ServiceClaims.Port(port)) is { } owner && owner != key))
            {
                throw ApiErrors.Invalid(request.Kind, name, [Cause.Invalid(field, port, "provided port is already allocated")]);
            }
        }

        long Take()
        {
            var free = Band.OfPorts(ranges.LastNodePort - ranges.FirstNodePort + 1).Pick(request.Chance, n => !taken.ContainsKey(ranges.FirstNodePort + n) && tree.OwnerOf(ServiceClaims.Port(ranges.FirstNodePort + n)) is null)
                ?? throw new ApiException(500, "InternalError", "Internal error occurred: failed to allocate a nodePort: range is full");
            taken[ranges.FirstNodePort + free] = "ports";
            return ranges.FirstNodePort + free;
        }
    }

    private static long? Twin(IEnumerable<JsonObject> ports, JsonObject port) => ports
        .Where(other => other.Number("port") == port.Number("port") && other.Text("protocol") != port.Text("protocol"))
        .Select(static other => other.Number("nodePort")).FirstOrDefault(static number => number is > 0);
}
