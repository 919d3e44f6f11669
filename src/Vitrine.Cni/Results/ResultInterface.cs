namespace Vitrine.Cni.Results;

/// <summary>An interface of a result; <paramref name="Sandbox"/> is the namespace's path, null on the host.</summary>
internal sealed record ResultInterface(string Name, string Mac, string? Sandbox, int Mtu);
