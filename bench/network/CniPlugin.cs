namespace Vitrine.Bench.Network;

/// <summary>A plugin and the config one node calls it with.</summary>
internal sealed record CniPlugin(string Program, string Config);
