namespace Vitrine.ApiServer.ManagedFields;

/// <summary>Who manages fields: one entry of metadata.managedFields.</summary>
/// <param name="Name">The fieldManager of its requests.</param>
/// <param name="IsApply">Operation Apply: the set is what it applied last. Otherwise Update: what it has changed since.</param>
/// <param name="ApiVersion">Of the object it wrote.</param>
/// <param name="Subresource">"" for the object itself.</param>
internal readonly record struct FieldManager(string Name, bool IsApply, string ApiVersion, string Subresource)
{
    public string Operation => IsApply ? "Apply" : "Update";

    /// <summary>As conflicts name it.</summary>
    public override string ToString()
    {
        string text = $"\"{Name}\"";
        if (Subresource.Length > 0)
        {
            text += $" with subresource \"{Subresource}\"";
        }

        return IsApply ? text : $"{text} using {ApiVersion}";
    }
}
