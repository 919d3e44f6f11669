using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>When a failed try is made again (GEP-1731). A request is repeated only where it is idempotent and its body can be sent again, or no byte of it was sent.</summary>
/// <param name="Attempts">further tries</param>
/// <param name="Codes">answers of a backend that are failures</param>
/// <param name="Backoff">between two tries</param>
public sealed record RouteRetry(int Attempts, ImmutableArray<int> Codes, TimeSpan Backoff);
