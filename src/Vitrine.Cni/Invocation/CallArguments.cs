using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Invocation;

/// <summary>
/// CNI_ARGS: <c>KEY=value;KEY=value</c>. IP and MAC ask for an address of either kind, K8S_* say whose the container is. By the conventions a key nobody
/// knows is an error unless IgnoreUnknown is set.
/// </summary>
internal sealed record CallArguments(IReadOnlyList<IPAddress> Addresses, MacAddress? Mac, string? Pod, string? PodUid = null)
{
    private const int MaxLength = 16 * 1024;
    internal static readonly CallArguments None = new([], null, null);

    /// <param name="strict">false reads only the pod's name and uid, and never fails</param>
    /// <exception cref="CniException">invalid environment (4)</exception>
    internal static CallArguments Read(string? text, bool strict)
    {
        if (text is null)
            return None;
        if (text.Length > MaxLength)
            return strict ? throw Invalid("CNI_ARGS is too long", $"the limit is {MaxLength} characters") : None;
        string? podNamespace = null, name = null, uid = null, unknown = null;
        var ignoreUnknown = false;
        var addresses = new List<IPAddress>();
        MacAddress? mac = null;
        foreach (var pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            var (key, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            switch (key)
            {
                case "K8S_POD_NAMESPACE": podNamespace = value; break;
                case "K8S_POD_NAME": name = value; break;
                case "K8S_POD_UID": uid = value; break;
                case "K8S_POD_INFRA_CONTAINER_ID": break;
                case "IgnoreUnknown": ignoreUnknown = value is "1" or "true" or "True" or "TRUE" or "t" or "T"; break;
                case "IP" when strict && value.Length > 0:
                    addresses.AddRange(value.Split(',').Select(v => IpamReader.ParseRequest(v.Trim(), "IP in CNI_ARGS", ErrorCode.InvalidEnvironment)));
                    break;
                case "MAC" when strict && value.Length > 0: mac = RuntimeConfigReader.ParseMac(value, ErrorCode.InvalidEnvironment); break;
                case "IP" or "MAC": break;
                default: unknown = key; break;
            }
        }
        if (strict && unknown is not null && !ignoreUnknown)
            throw Invalid("unknown argument in CNI_ARGS", "known are IP, MAC and K8S_*; IgnoreUnknown=1 lets others pass");
        return new CallArguments(addresses, mac, PodName(podNamespace, name), Names.IsIdentifier(uid) ? uid : null);
    }

    /// <summary>Only a label, so anything odd is left out.</summary>
    private static string? PodName(string? podNamespace, string? name) =>
        Names.IsIdentifier(podNamespace) && name is { Length: <= 253 } && name.Split('.').All(Names.IsIdentifier) ? $"{podNamespace}/{name}" : null;

    private static CniException Invalid(string message, string details) => new(ErrorCode.InvalidEnvironment, message, details);
}
