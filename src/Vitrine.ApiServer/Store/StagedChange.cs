namespace Vitrine.ApiServer.Store;

/// <summary>A change decided but not yet committed.</summary>
internal readonly record struct StagedChange(int Kind, StoreEvent Change);
