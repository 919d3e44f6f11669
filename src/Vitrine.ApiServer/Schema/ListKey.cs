using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Schema;

/// <summary>A field by which the elements of a list are told apart.</summary>
/// <param name="Name">As in JSON.</param>
/// <param name="Default">What an element without it means; null when it must have it.</param>
internal sealed record ListKey(string Name, JsonValue? Default = null);
