namespace Vitrine.Model.Plans.Services;

/// <summary>What a load balancer is told that asks whether this node may get a Service's traffic.</summary>
/// <param name="Service">namespace/name</param>
/// <param name="NodePort">spec.healthCheckNodePort</param>
/// <param name="LocalEndpoints">ready endpoints on this node, by address</param>
public sealed record ServiceHealth(string Service, int NodePort, int LocalEndpoints);
