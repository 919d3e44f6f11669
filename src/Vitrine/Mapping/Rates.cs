namespace Vitrine.Mapping;

/// <summary>What goes between two ends at this moment, by the kernel's table of connections.</summary>
/// <param name="Source">pod/NAMESPACE/NAME, node/NAME or an address</param>
/// <param name="Service">service/NAMESPACE/NAME that was asked, where one was</param>
/// <param name="Destination">who answers, named likewise</param>
/// <param name="Protocol">tcp, udp, sctp, or a number</param>
/// <param name="Port">of who answers; 0 where there is none</param>
/// <param name="Connections">that stand</param>
/// <param name="NewPerSecond">that began since the last look</param>
/// <param name="BytesPerSecond">both ways, headers included; null where the kernel does not count</param>
internal sealed record RateLine(string Source, string? Service, string Destination, string Protocol, int Port, int Connections, double NewPerSecond, double? BytesPerSecond);

/// <summary>Requests that a gateway's rule sent to a Service, all nodes' proxies together.</summary>
/// <param name="Route">Ingress/NAMESPACE/NAME or HTTPRoute/NAMESPACE/NAME; empty where no rule took it</param>
/// <param name="Service">service/NAMESPACE/NAME; empty where none was asked</param>
/// <param name="PerSecond">requests that ended</param>
internal sealed record RequestRate(string Route, string Service, double PerSecond);

/// <summary>A "rates" event: of the last second.</summary>
internal sealed record Rates(IReadOnlyList<RateLine> Streams, IReadOnlyList<RequestRate> Requests);
