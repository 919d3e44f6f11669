using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>All managers of an object, as metadata.managedFields lists them.</summary>
internal sealed class FieldManagers
{
    // Upstream's DefaultMaxUpdateManagers.
    private const int MaxUpdaters = 10;
    private const string Ancient = "ancient-changes";

    private readonly Dictionary<FieldManager, ManagerEntry> _entries = [];

    public IEnumerable<KeyValuePair<FieldManager, ManagerEntry>> Entries => _entries;

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Throws <see cref="FormatException"/> that names the entry and what is wrong with it.</summary>
    public static FieldManagers Read(JsonArray? list)
    {
        FieldManagers managers = new();
        for (int i = 0; i < (list?.Count ?? 0); i++)
        {
            JsonNode? entry = list![i];
            string operation = entry.Text("operation");
            if (operation is not ("Apply" or "Update"))
            {
                throw new FormatException($"metadata.managedFields[{i}].operation: Invalid value: \"{operation}\": must be `Apply` or `Update`");
            }

            if (entry.Text("fieldsType") is not "FieldsV1" and var type)
            {
                throw new FormatException($"metadata.managedFields[{i}].fieldsType: Invalid value: \"{type}\": must be `FieldsV1`");
            }

            FieldManager manager = new(entry.Text("manager"), operation == "Apply", entry.Text("apiVersion"), entry.Text("subresource"));
            if (manager.Name.Length > FieldManagerName.MaxLength)
            {
                throw new FormatException($"metadata.managedFields[{i}].manager: Too long: may not be more than {FieldManagerName.MaxLength} bytes");
            }

            try
            {
                managers.Set(manager, FieldsDocument.Read(entry.Object("fieldsV1") ?? []), entry.Text("time"));
            }
            catch (FormatException e)
            {
                throw new FormatException($"metadata.managedFields[{i}].fieldsV1: {e.Message}", e);
            }
        }

        return managers;
    }

    public ManagerEntry? Find(FieldManager manager) => _entries.GetValueOrDefault(manager);

    /// <summary>An empty set takes the manager off the list.</summary>
    public void Set(FieldManager manager, FieldSet fields, string time)
    {
        if (fields.IsEmpty)
        {
            _entries.Remove(manager);
        }
        else
        {
            _entries[manager] = new ManagerEntry(fields, time);
        }
    }

    /// <summary>What all of them have together.</summary>
    public FieldSet All() => _entries.Values.Aggregate(FieldSet.Empty, static (all, entry) => all.Union(entry.Fields));

    /// <summary>Takes fields from everybody but one.</summary>
    public void TakeFrom(FieldManager but, FieldSet fields)
    {
        foreach ((FieldManager manager, ManagerEntry entry) in _entries.ToArray())
        {
            if (manager != but)
            {
                Set(manager, entry.Fields.Difference(fields), entry.Time);
            }
        }
    }

    /// <summary>The oldest of many updaters become one.</summary>
    public void Cap()
    {
        FieldManager[] updaters = [.. _entries.Where(static entry => !entry.Key.IsApply).OrderBy(static entry => entry.Value.Time, StringComparer.Ordinal).Select(static entry => entry.Key)];
        for (int i = 0; i < updaters.Length && _entries.Count(static entry => !entry.Key.IsApply) > MaxUpdaters; i++)
        {
            FieldManager old = updaters[i];
            FieldManager ancient = new(Ancient, false, old.ApiVersion, old.Subresource);
            if (old.Name == Ancient)
            {
                continue;
            }

            ManagerEntry entry = _entries[old];
            _entries.Remove(old);
            Set(ancient, entry.Fields.Union(Find(ancient)?.Fields ?? FieldSet.Empty), entry.Time);
        }
    }

    /// <summary>Those who apply first, then by time and name, as upstream sorts them; null when nobody is left.</summary>
    public JsonArray? Write()
    {
        if (IsEmpty)
        {
            return null;
        }

        IEnumerable<JsonNode?> sorted = _entries
            .OrderBy(static entry => entry.Key.Operation, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Value.Time, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Key.Name, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Key.ApiVersion, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Key.Subresource, StringComparer.Ordinal)
            .Select(static entry => Write(entry.Key, entry.Value));
        return new JsonArray([.. sorted]);
    }

    private static JsonObject Write(FieldManager manager, ManagerEntry entry)
    {
        JsonObject written = new()
        {
            ["apiVersion"] = manager.ApiVersion,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = FieldsDocument.Write(entry.Fields),
            ["manager"] = manager.Name,
            ["operation"] = manager.Operation,
        };
        if (manager.Subresource.Length > 0)
        {
            written["subresource"] = manager.Subresource;
        }

        if (entry.Time.Length > 0)
        {
            written["time"] = entry.Time;
        }

        return written;
    }
}
