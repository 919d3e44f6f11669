using System.Globalization;
using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Events;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Images;

/// <summary>Makes a container's image present by its pull policy, with kubelet's events, reasons and back-off.</summary>
internal sealed class ImagePuller(ContainerRuntime runtime, ObjectSource objects, EventRecorder events, string? mirror, TimeProvider time)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    /// <exception cref="ImageException">The image cannot be had.</exception>
    public async Task<Image> EnsureAsync(V1Pod pod, V1Container container, PodMemory memory, CancellationToken ct)
    {
        var name = container.Image ?? "";
        if (!ImageName.IsValid(name))
        {
            var text = $"Failed to apply default image tag \"{name}\": couldn't parse image reference \"{name}\": invalid reference format";
            events.Warning(pod, "InspectFailed", text, container.Name);
            throw new ImageException("InvalidImageName", text, null);
        }

        var policy = container.ImagePullPolicy ?? (ImageName.Normalize(name).EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent");
        var present = policy == "Always" ? null : await InspectAsync(name, ct).ConfigureAwait(false);
        if (present is not null)
        {
            events.Normal(pod, "Pulled", $"Container image \"{name}\" already present on machine", container.Name);
            return present;
        }

        if (policy == "Never")
        {
            var text = $"Container image \"{name}\" is not present with pull policy of Never";
            events.Warning(pod, "ErrImageNeverPull", text, container.Name);
            throw new ImageException("ErrImageNeverPull", text, null);
        }

        return await PullAsync(pod, container.Name, name, memory, ct).ConfigureAwait(false);
    }

    private async Task<Image> PullAsync(V1Pod pod, string container, string name, PodMemory memory, CancellationToken ct)
    {
        var key = container + "|" + name;
        var retryAt = memory.Pulls.NotBefore(key);
        if (retryAt > time.GetUtcNow())
        {
            var before = memory.Waiting.GetValueOrDefault(container)?.Message ?? "";
            var cause = before.IndexOf("ErrImagePull: ", StringComparison.Ordinal) is >= 0 and var at ? before[at..] : "ErrImagePull: " + before;
            events.Normal(pod, "BackOff", $"Back-off pulling image \"{name}\"", container);
            events.Warning(pod, "Failed", "Error: ImagePullBackOff", container);
            throw new ImageException("ImagePullBackOff", $"Back-off pulling image \"{name}\": {cause}", retryAt);
        }

        events.Normal(pod, "Pulling", $"Pulling image \"{name}\"", container);
        var since = time.GetTimestamp();
        try
        {
            var reference = await PullWithSecretsAsync(pod, name, ct).ConfigureAwait(false);
            var image = await InspectAsync(reference, ct).ConfigureAwait(false)
                ?? await InspectAsync(name, ct).ConfigureAwait(false)
                ?? throw new RpcException(new Status(StatusCode.NotFound, $"image {reference} was pulled but is not in the image store"));
            memory.Pulls.Forget(key);
            var took = GoDuration.Format(TimeSpan.FromMilliseconds(Math.Round(time.GetElapsedTime(since).TotalMilliseconds)));
            events.Normal(pod, "Pulled", string.Create(CultureInfo.InvariantCulture, $"Successfully pulled image \"{name}\" in {took} ({took} including waiting). Image size: {image.Size} bytes."), container);
            return image;
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            memory.Pulls.Next(key, time.GetUtcNow());
            var tried = mirror is null ? ImageName.Registry(name) : $"the machine's image store ({mirror}), then {ImageName.Registry(name)}";
            var text = $"{e.Status.Detail} (tried {tried})";
            events.Warning(pod, "Failed", $"Failed to pull image \"{name}\": {text}", container);
            events.Warning(pod, "Failed", "Error: ErrImagePull", container);
            // Soon after, the next look finds the back-off in force and says so: ErrImagePull, then ImagePullBackOff.
            throw new ImageException("ErrImagePull", text, time.GetUtcNow() + Settle);
        }
    }

    private async Task<string> PullWithSecretsAsync(V1Pod pod, string name, CancellationToken ct)
    {
        var secrets = new List<V1Secret>();
        foreach (var reference in pod.Spec.ImagePullSecrets ?? [])
        {
            if (await objects.SecretAsync(pod.Metadata.NamespaceProperty, reference.Name, ct).ConfigureAwait(false) is { } secret)
            {
                secrets.Add(secret);
            }
            else
            {
                events.Warning(pod, "FailedToRetrieveImagePullSecret", $"Unable to retrieve some image pull secrets ({reference.Name}); attempting to pull the image may not succeed.", null);
            }
        }

        RpcException? last = null;
        foreach (var auth in PullSecrets.For(name, secrets).DefaultIfEmpty())
        {
            try
            {
                var request = new PullImageRequest { Image = new ImageSpec { Image = name } };
                if (auth is not null)
                {
                    request.Auth = auth;
                }

                return (await runtime.Images.PullImageAsync(request, cancellationToken: ct).ConfigureAwait(false)).ImageRef;
            }
            catch (RpcException e) when (!ct.IsCancellationRequested)
            {
                last = e;
            }
        }

        throw last!;
    }

    private async Task<Image?> InspectAsync(string name, CancellationToken ct) =>
        (await runtime.Images.ImageStatusAsync(new ImageStatusRequest { Image = new ImageSpec { Image = name } }, cancellationToken: ct).ConfigureAwait(false)).Image;
}
