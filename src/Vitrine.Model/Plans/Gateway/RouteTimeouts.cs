namespace Vitrine.Model.Plans.Gateway;

/// <summary>How long a request may take; null for no limit of ours.</summary>
/// <param name="Request">from the first byte to the last of the answer (GEP-1742)</param>
/// <param name="Backend">one try at a backend</param>
/// <param name="Connect">until a connection stands</param>
/// <param name="Idle">between two bytes of a request or an answer (ingress-nginx proxy-read-timeout, proxy-send-timeout)</param>
public sealed record RouteTimeouts(TimeSpan? Request = null, TimeSpan? Backend = null, TimeSpan? Connect = null, TimeSpan? Idle = null);
