using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>Gateways and their listeners → what their status is to say.</summary>
internal static class GatewayReports
{
    public static GatewayReport Of(GatewayObject gateway, IReadOnlyCollection<GatewayListener> listeners, Service? service)
    {
        ImmutableArray<string> addresses = [.. (service?.LoadBalancerAddresses ?? []).Select(a => $"{a}")];
        var valid = listeners.Count(l => l.IsAccepted);
        var accepted = gateway.Spec.Items("addresses").Any(a => a.Text("type") is not ("" or "IPAddress")) ? new PlannedCondition("Accepted", false, "UnsupportedAddress", "spec.addresses: only addresses of type IPAddress can be asked for")
            : valid == listeners.Count ? new PlannedCondition("Accepted", true, "Accepted", "")
            : new PlannedCondition("Accepted", valid > 0, "ListenersNotValid", $"not served: {string.Join(", ", listeners.Where(l => !l.IsAccepted).Select(l => l.Name))}");
        var programmed = valid == 0 ? new PlannedCondition("Programmed", false, "Invalid", "no listener is served")
            : addresses.IsEmpty ? new PlannedCondition("Programmed", false, "AddressNotAssigned", $"service/{gateway.Namespace}/{GatewayEntryNames.Service(gateway)} has no address yet")
            : new PlannedCondition("Programmed", true, "Programmed", "");
        return new GatewayReport(gateway, [accepted, programmed], [.. listeners.Select(Of)], addresses);
    }

    private static ListenerReport Of(GatewayListener listener)
    {
        var works = listener.IsAccepted && (listener.Protocol != "HTTPS" || listener.Certificates.Count > 0);
        return new ListenerReport(listener.Name, listener.Kinds, listener.Routes.Count,
        [
            Fault(listener, "Accepted", true, "Accepted"),
            Fault(listener, "ResolvedRefs", true, "ResolvedRefs"),
            Fault(listener, "Conflicted", false, "NoConflicts"),
            works ? new PlannedCondition("Programmed", true, "Programmed", "") : new PlannedCondition("Programmed", false, "Invalid", "the listener is not served"),
        ]);
    }

    private static PlannedCondition Fault(GatewayListener listener, string type, bool good, string reason) =>
        listener.Faults.TryGetValue(type, out var fault) ? new PlannedCondition(type, !good, fault.Reason, fault.Message) : new PlannedCondition(type, good, reason, "");
}
