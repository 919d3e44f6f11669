namespace Vitrine.Agent.Probes;

/// <summary>One probe's answer: <see cref="Failure"/> is null on success.</summary>
internal readonly record struct ProbeResult(string? Failure)
{
    public bool Succeeded => Failure is null;
}
