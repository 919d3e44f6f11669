namespace Vitrine.ApiServer.Access;

/// <summary>An object of the core group that another one refers to.</summary>
/// <param name="Resource">e.g. "secrets".</param>
internal readonly record struct ObjectReference(string Resource, string Namespace, string Name);
