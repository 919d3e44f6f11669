using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Definitions;

/// <summary>The part of a definition's status that is written with it: which versions its objects may be stored at.</summary>
internal static class DefinitionStatus
{
    public static void Begin(JsonObject definition)
    {
        definition["status"] = new JsonObject
        {
            ["acceptedNames"] = new JsonObject { ["kind"] = "", ["plural"] = "" },
            ["conditions"] = new JsonArray(),
            ["storedVersions"] = new JsonArray(),
        };
        NoteStorage(definition);
    }

    /// <summary>Versions are only added here: that none of its objects is stored at a version any more, somebody else has to say.</summary>
    public static void NoteStorage(JsonObject definition)
    {
        var storage = definition.Object("spec").Objects("versions").FirstOrDefault(static v => v.Flag("storage")).Text("name");
        var status = definition.Ensure("status");
        if (status["storedVersions"] is not JsonArray stored)
        {
            status["storedVersions"] = stored = [];
        }
        if (storage.Length > 0 && !stored.Any(v => v.AsText() == storage))
        {
            stored.Add((JsonNode)storage);
        }
    }
}
