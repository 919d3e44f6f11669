using Xunit;

namespace Vitrine.Cluster;

/// <summary>Tests that look at the whole host: no other cluster may come or go meanwhile.</summary>
[CollectionDefinition(nameof(HostAlone), DisableParallelization = true)]
public sealed class HostAlone;
