using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Validation;
using Vitrine.Model;

namespace Vitrine.ApiServer.Services;

/// <summary>spec.clusterIPs: one address per family, the asked for ones checked, the others chosen.</summary>
internal static class ClusterIPAllocation
{
    // A larger range is used to this size: nobody has four billion Services.
    private const long Largest = 1L << 32;
    private const string ApiService = "default/kubernetes";

    /// <summary>Changes the spec; throws a 422 that says which address cannot be had.</summary>
    public static void Fill(AdmissionRequest request, JsonObject service, JsonObject? old)
    {
        var (spec, before) = (ServiceFields.Spec(service), ServiceFields.Spec(old));
        if (!ServiceFields.NeedsClusterIP(spec) || ServiceFields.IsHeadless(spec))
        {
            return;
        }
        var families = ServiceFields.Texts(spec, "ipFamilies");
        var given = ServiceFields.ClusterIPs(spec);
        var had = old is not null && ServiceFields.NeedsClusterIP(before) ? ServiceFields.ClusterIPs(before) : [];
        var (tree, key) = (request.Tree(request.Kind), KindTree.Key(request.Namespace, service.TextAt("metadata.name")));
        List<string> addresses = [];
        for (var i = 0; i < Math.Max(families.Count, given.Count); i++)
        {
            if (i < given.Count && given[i].Length > 0)
            {
                Check(request, service, given, i, had, tree, key);
                addresses.Add(given[i]);
            }
            else if (Enum.TryParse<IpFamily>(families[i], out var family) && request.Services.Of(family) is { } range)
            {
                addresses.Add(Choose(range, tree, key, request.Chance) ?? throw Refused(request, service, "[]", "failed to allocate a serviceIP: range is full"));
            }
        }
        ServiceFields.SetClusterIPs(spec, addresses);
    }

    /// <summary>Of the addresses of a range without its base and, for IPv4, its broadcast address.</summary>
    internal static string? Choose(IPNetwork range, KindTree tree, string key, Chance chance)
    {
        var bits = Subnets.Bits(range) - range.PrefixLength;
        var all = bits >= 32 ? Largest : 1L << bits;
        var band = Band.OfAddresses(all - (Subnets.Bits(range) == 32 ? 2 : 1));
        return band.Pick(chance, n => IsFree(Subnets.At(range, (UInt128)(n + 1)), n)) is { } chosen ? Subnets.At(range, (UInt128)(chosen + 1)).ToString() : null;

        // The first address is the API server's, whether or not its Service is there at the moment.
        bool IsFree(IPAddress address, long n) => (n > 0 || key == ApiService) && tree.OwnerOf(ServiceClaims.Address(address.ToString())) is null;
    }

    private static void Check(AdmissionRequest request, JsonObject service, IReadOnlyList<string> given, int i, IReadOnlyList<string> had, KindTree tree, string key)
    {
        if (had.Contains(given[i]) || !IPAddress.TryParse(given[i], out var address))
        {
            return;
        }
        var ranges = request.Services;
        var shown = ServiceFields.Array(given).ToJsonString();
        if (ranges.Of(IpFamilies.Of(address)) is not { } range)
        {
            throw Refused(request, service, shown, $"failed to allocate IP {given[i]}: cannot allocate a {IpFamilies.Of(address)} address: the cluster has no range of that family");
        }
        if (!range.Contains(address) || IsEdge(range, address) || (address.Equals(Subnets.At(range, 1)) && key != ApiService))
        {
            throw Refused(request, service, shown, $"failed to allocate IP {given[i]}: {(range.Contains(address) && !IsEdge(range, address) ? "provided IP is already allocated" : $"the provided IP ({given[i]}) is not in the valid range. The range of valid IPs is {range}")}");
        }
        if (tree.OwnerOf(ServiceClaims.Address(given[i])) is { } owner && owner != key)
        {
            throw Refused(request, service, shown, $"failed to allocate IP {given[i]}: provided IP is already allocated");
        }
    }

    private static bool IsEdge(IPNetwork range, IPAddress address) => address.Equals(range.BaseAddress)
        || (Subnets.Bits(range) == 32 && range.PrefixLength < 31 && address.Equals(Subnets.At(range, (UInt128)((1L << (32 - range.PrefixLength)) - 1))));

    private static ApiException Refused(AdmissionRequest request, JsonObject service, string shown, string why) => ApiErrors.Invalid(
        request.Kind, service.TextAt("metadata.name"), [new FieldCause("FieldValueInvalid", "spec.clusterIPs", $"Invalid value: {shown}: {why}")]);
}
