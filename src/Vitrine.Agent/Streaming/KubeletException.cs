namespace Vitrine.Agent.Streaming;

/// <summary>A request of the kubelet API that cannot be answered; becomes one line of text with an HTTP status.</summary>
internal sealed class KubeletException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
