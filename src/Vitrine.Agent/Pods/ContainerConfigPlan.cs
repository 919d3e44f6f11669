using System.Globalization;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Volumes;

namespace Vitrine.Agent.Pods;

/// <summary>A container's spec as the runtime's container configuration.</summary>
internal static class ContainerConfigPlan
{
    /// <param name="volumes">Host path by volume name.</param>
    /// <param name="files">Host path by container path of the files the agent itself mounts.</param>
    /// <param name="target">Id of the container whose processes it shall see, or null.</param>
    public static ContainerConfig Compute(
        V1Pod pod,
        ContainerStart start,
        Image image,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyDictionary<string, string> volumes,
        IReadOnlyDictionary<string, string> files,
        PodPaths paths,
        long nodeMemory,
        string? target)
    {
        var container = start.Container;
        string? Lookup(string name) => environment.GetValueOrDefault(name);
        var logPath = PodPaths.LogFile(container.Name, start.Attempt);
        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = container.Name, Attempt = (uint)start.Attempt },
            Image = new ImageSpec { Image = image.Id },
            WorkingDir = container.WorkingDir ?? "",
            LogPath = logPath,
            Stdin = container.Stdin == true,
            StdinOnce = container.StdinOnce == true,
            Tty = container.Tty == true,
            Linux = new LinuxContainerConfig
            {
                Resources = ContainerResources.Compute(pod, container, nodeMemory),
                SecurityContext = SecurityContextPlan.Compute(pod, container, image, paths.Seccomp, target),
            },
        };
        config.Command.AddRange((container.Command ?? []).Select(word => VariableExpansion.Expand(word, Lookup)));
        config.Args.AddRange((container.Args ?? []).Select(word => VariableExpansion.Expand(word, Lookup)));
        config.Envs.AddRange(environment.Select(e => new KeyValue { Key = e.Key, Value = e.Value }));
        foreach (var mount in container.VolumeMounts ?? [])
        {
            config.Mounts.Add(Mount(pod, container, mount, config.Mounts.Count, volumes, paths, Lookup));
        }

        var taken = config.Mounts.Select(m => m.ContainerPath.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        config.Mounts.AddRange(files.Where(f => !taken.Contains(f.Key)).Select(f => new Mount { ContainerPath = f.Key, HostPath = f.Value }));

        config.Labels.Add(CriLabels.PodName, pod.Metadata.Name);
        config.Labels.Add(CriLabels.PodNamespace, pod.Metadata.NamespaceProperty);
        config.Labels.Add(CriLabels.PodUid, pod.Metadata.Uid);
        config.Labels.Add(CriLabels.ContainerName, container.Name);
        config.Annotations.Add(CriLabels.RestartCount, start.Attempt.ToString(CultureInfo.InvariantCulture));
        config.Annotations.Add(CriLabels.TerminationMessagePath, container.TerminationMessagePath ?? "/dev/termination-log");
        config.Annotations.Add(CriLabels.TerminationMessagePolicy, container.TerminationMessagePolicy ?? "File");
        config.Annotations.Add(TerminationMessage.HostPathAnnotation, paths.TerminationLog(pod, container.Name, start.Attempt));
        config.Annotations.Add(TerminationMessage.LogPathAnnotation, Path.Combine(paths.Logs(pod), logPath));
        config.Annotations.Add(CriLabels.TerminationGracePeriod, (pod.Spec.TerminationGracePeriodSeconds ?? 30).ToString(CultureInfo.InvariantCulture));
        return config;
    }

    private static Mount Mount(V1Pod pod, V1Container container, V1VolumeMount mount, int index, IReadOnlyDictionary<string, string> volumes, PodPaths paths, Func<string, string?> lookup)
    {
        if (!volumes.TryGetValue(mount.Name, out var host))
        {
            throw new ConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
        }

        var subPath = mount.SubPathExpr is { Length: > 0 } expression ? VariableExpansion.Expand(expression, lookup) : mount.SubPath;
        return new Mount
        {
            ContainerPath = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
            HostPath = subPath is { Length: > 0 } ? SubPath.Mount(host, subPath, paths.SubPath(pod, mount.Name, container.Name, index)) : host,
            Readonly = mount.ReadOnlyProperty == true,
            Propagation = mount.MountPropagation switch
            {
                "HostToContainer" => MountPropagation.PropagationHostToContainer,
                "Bidirectional" => MountPropagation.PropagationBidirectional,
                _ => MountPropagation.PropagationPrivate,
            },
        };
    }
}
