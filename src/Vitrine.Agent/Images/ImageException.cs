namespace Vitrine.Agent.Images;

/// <summary>An image cannot be had now. <see cref="Reason"/> is the container's waiting reason (ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName).</summary>
internal sealed class ImageException(string reason, string message, DateTimeOffset? retryAt) : Exception(message)
{
    public string Reason { get; } = reason;

    public DateTimeOffset? RetryAt { get; } = retryAt;
}
