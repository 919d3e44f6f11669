using System.Net;

namespace Vitrine.ApiServer.Services;

/// <summary>What Services are given: addresses, one range per family, the primary first, and node ports.</summary>
public sealed record ServiceRanges
{
    public IReadOnlyList<IPNetwork> Cidrs { get; init; } = [IPNetwork.Parse("10.96.0.0/16")];

    public int FirstNodePort { get; init; } = 30000;

    public int LastNodePort { get; init; } = 32767;

    /// <summary>
    /// Whether spec.externalIPs may be set. Whoever may create a Service could take over any address with them
    /// (CVE-2020-8554), so it is off, as with upstream's admission plugin DenyServiceExternalIPs.
    /// </summary>
    public bool AllowExternalIPs { get; init; }

    internal IPNetwork? Of(IpFamily family) => Cidrs.Where(range => IpFamilies.Of(range.BaseAddress) == family).Select(static range => (IPNetwork?)range).FirstOrDefault();
}
