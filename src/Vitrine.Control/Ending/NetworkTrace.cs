namespace Vitrine.Control.Ending;

/// <summary>Something the network's controllers wrote.</summary>
/// <param name="What">for people, e.g. "service/kube-system/kube-dns"</param>
/// <param name="RemoveAsync">takes it away; no error where it is gone already</param>
public sealed record NetworkTrace(string What, Func<CancellationToken, Task> RemoveAsync);
