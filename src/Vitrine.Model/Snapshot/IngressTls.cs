using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>One of spec.tls of an Ingress.</summary>
/// <param name="Hosts">empty for those of the rules</param>
/// <param name="Secret">name, in the Ingress' namespace; empty for none</param>
public sealed record IngressTls(ImmutableArray<string> Hosts, string Secret);
