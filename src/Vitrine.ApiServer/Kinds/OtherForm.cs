using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Makes a kind another form of the objects of a kind: one place in the store, one resourceVersion, two shapes.</summary>
/// <param name="Kept">The kind whose form is stored.</param>
/// <param name="Shown">The group and version of the other form.</param>
/// <param name="Fields">Fields of an object that have two names: as stored, as shown.</param>
internal sealed record OtherForm(Kind Kept, string Shown, IReadOnlyList<(string Kept, string Shown)> Fields)
{
    /// <summary>A stored object in the other form.</summary>
    public StoredObject View(StoredObject stored)
    {
        JsonObject value = stored.Parse();
        if (value.Text("apiVersion") == Shown)
        {
            return stored;
        }

        Rename(value, Shown, static field => (field.Kept, field.Shown));
        ObjectPayload payload = ObjectPayload.From(value);
        return new StoredObject(stored.Namespace, stored.Name, stored.Revision, payload.Stamp(stored.Revision), payload.RevisionAt);
    }

    /// <summary>A copy of an object in the other form, as it is stored.</summary>
    public JsonObject Stored(JsonObject value)
    {
        JsonObject kept = value.DeepClone().AsObject();
        Rename(kept, Kept.ApiVersion, static field => (field.Shown, field.Kept));
        Kept.Default(kept);
        return kept;
    }

    private void Rename(JsonObject value, string apiVersion, Func<(string Kept, string Shown), (string From, string To)> names)
    {
        value["apiVersion"] = apiVersion;
        // Who has which field is told in the names of the form that is read.
        foreach (JsonObject entry in ObjectMeta.Of(value).Objects("managedFields"))
        {
            entry["apiVersion"] = apiVersion;
            RenameFields(entry.Object("fieldsV1"), "f:", names);
        }

        RenameFields(value, "", names);
    }

    private void RenameFields(JsonObject? fields, string prefix, Func<(string Kept, string Shown), (string From, string To)> names)
    {
        foreach ((string from, string to) in Fields.Select(names))
        {
            if (fields is not null && fields.Remove(prefix + from, out JsonNode? field))
            {
                fields[prefix + to] = field;
            }
        }
    }
}
