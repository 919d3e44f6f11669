using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Definitions;

/// <summary>What is decided about one definition.</summary>
/// <param name="Definition">As stored.</param>
/// <param name="Status">What its status is to be.</param>
/// <param name="IsServed">Its kind is served.</param>
/// <param name="IsBuiltIn">The server itself has that kind: the definition has no effect.</param>
internal sealed record DefinitionVerdict(JsonObject Definition, JsonObject Status, bool IsServed, bool IsBuiltIn);
