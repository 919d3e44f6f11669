namespace Vitrine;

/// <summary>A verb that could not do what was asked: what failed, and what to do about it. Printed without a stack trace.</summary>
internal sealed class CommandFailure(string message, string? remedy = null) : Exception(message)
{
    public string? Remedy { get; } = remedy;

    public int ExitCode { get; init; } = 1;
}
