namespace Vitrine.ApiServer.ManagedFields;

/// <summary>What a manager has, and since when that is so: "" where nothing is known of it, else RFC 3339.</summary>
internal sealed record ManagerEntry(FieldSet Fields, string Time);
