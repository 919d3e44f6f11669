namespace Vitrine.Cni;

/// <summary>A failure in the shape the CNI specification gives errors: a code, one line for people, and details.</summary>
internal sealed class CniException(int code, string message, string details = "") : Exception(message)
{
    internal int Code { get; } = code;

    internal string Details { get; } = details;
}
