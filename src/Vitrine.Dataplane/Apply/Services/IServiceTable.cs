namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Where service plans end: the kernel's table, or a double that behaves as it does.</summary>
internal interface IServiceTable
{
    /// <summary>All elements that are there; null when there is no table, or one that is not as ours must be.</summary>
    ServiceContents? Read();

    /// <summary>An empty table in place of whatever is there.</summary>
    void Create();

    /// <summary>All of it or nothing. A key that is deleted and added gets another value.</summary>
    void Commit(ServiceChanges changes, IReadOnlyDictionary<ServiceMode, uint> modes);

}
