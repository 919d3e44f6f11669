using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Services;

/// <summary>
/// Looks, once at start, for what the index of claims cannot mend by itself: two Services with one address or node port, and addresses
/// outside the ranges — a store put together from several, or an older one. Told in the log and as events, as upstream's repair loops do.
/// </summary>
internal static partial class ServiceRepair
{
    public static async Task ReportAsync(ApiContext api, CancellationToken ct)
    {
        if (api.Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "services" }) is not { } services)
        {
            return;
        }
        var tree = api.Store.Tree(services);
        foreach (var stored in tree.List(null))
        {
            var key = KindTree.Key(stored.Namespace, stored.Name);
            foreach (var (reason, message) in stored.Claims.Select(claim => Fault(api.Services, tree, key, claim)).OfType<(string, string)>())
            {
                Found(api.Logger, key, reason, message);
                await TellAsync(api, stored, reason, message, ct);
            }
        }
    }

    private static (string Reason, string Message)? Fault(ServiceRanges ranges, KindTree tree, string key, string claim)
    {
        var (isAddress, value) = (claim.StartsWith("ip/", StringComparison.Ordinal), claim[(claim.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        if (tree.OwnerOf(claim) is { } owner && owner != key)
        {
            return isAddress
                ? ("ClusterIPAlreadyAllocated", $"Cluster IP [{value}] was assigned to multiple services ({owner} has it); please recreate service")
                : ("PortAlreadyAllocated", $"Port {value} was assigned to multiple services ({owner} has it); please recreate service");
        }
        if (isAddress && IPAddress.TryParse(value, out var address) && ranges.Of(IpFamilies.Of(address))?.Contains(address) != true)
        {
            return ("ClusterIPOutOfRange", $"Cluster IP [{value}] is not within any configured Service CIDR; please recreate service");
        }
        return !isAddress && int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) is var port && (port < ranges.FirstNodePort || port > ranges.LastNodePort)
            ? ("PortOutOfRange", $"Port {value} is not within the port range {ranges.FirstNodePort}-{ranges.LastNodePort}; please recreate service")
            : null;
    }

    private static async Task TellAsync(ApiContext api, StoredObject service, string reason, string message, CancellationToken ct)
    {
        if (api.Kinds.FirstOrDefault(static kind => kind is { Group: "", Plural: "events" }) is not { } events)
        {
            return;
        }
        var now = api.Time.GetUtcNow();
        var (name, stamp) = ($"{service.Name}.{now.Ticks:x}.{reason.ToLowerInvariant()}", ObjectMeta.Timestamp(now));
        var value = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = service.Namespace, ["uid"] = Guid.NewGuid().ToString(), ["creationTimestamp"] = stamp },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Service", ["namespace"] = service.Namespace, ["name"] = service.Name, ["uid"] = service.Parse().TextAt("metadata.uid") },
            ["type"] = "Warning",
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = "ipallocator-repair-controller" },
            ["firstTimestamp"] = stamp,
            ["lastTimestamp"] = stamp,
            ["count"] = 1,
        };
        await api.Store.WriteAsync(new WriteRequest { Kind = api.Store.IndexOf(events), Namespace = service.Namespace, Name = name, Payload = ObjectPayload.From(value), Expected = 0 }, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Service {service}: {reason}: {message}")]
    private static partial void Found(ILogger logger, string service, string reason, string message);
}
