namespace Vitrine.Agent.Volumes;

/// <summary>A volume cannot be set up; the message is the FailedMount event's.</summary>
internal sealed class MountException(string message) : Exception(message);
