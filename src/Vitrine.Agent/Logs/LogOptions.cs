namespace Vitrine.Agent.Logs;

/// <summary>PodLogOptions, as far as one container's file is concerned.</summary>
/// <param name="TailLines">Only so many last lines; null for all.</param>
/// <param name="Since">Only lines of this time or later.</param>
/// <param name="LimitBytes">Stop after so many bytes of output.</param>
internal sealed record LogOptions(bool Follow, long? TailLines, DateTimeOffset? Since, bool Timestamps, long? LimitBytes);
