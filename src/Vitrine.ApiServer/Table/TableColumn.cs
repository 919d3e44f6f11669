namespace Vitrine.ApiServer.Table;

/// <summary>A column of a meta.k8s.io/v1 Table.</summary>
/// <param name="Name">As kubectl prints it, before upper-casing.</param>
/// <param name="Description">Shown by clients that explain columns.</param>
/// <param name="Priority">0 always shown; 1 only with <c>-o wide</c>.</param>
/// <param name="Type">OpenAPI type: string or integer.</param>
/// <param name="Format">"name" marks the column that identifies the row.</param>
internal sealed record TableColumn(string Name, string Description, int Priority = 0, string Type = "string", string Format = "")
{
    public static TableColumn ObjectName { get; } = new("Name", "Name must be unique within a namespace. Is required when creating resources.", Format: "name");

    public static TableColumn Age { get; } = new("Age", "CreationTimestamp is a timestamp representing the server time when this object was created.");
}
