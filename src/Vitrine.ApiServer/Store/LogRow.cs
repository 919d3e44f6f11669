namespace Vitrine.ApiServer.Store;

/// <summary>One row of the revision log.</summary>
/// <param name="Resource">Qualified plural, e.g. "leases.coordination.k8s.io".</param>
/// <param name="Deleted">True for a deletion; <paramref name="Json"/> is then the last state.</param>
internal readonly record struct LogRow(long Revision, string Resource, string Namespace, string Name, bool Deleted, byte[] Json, int RevisionAt);
