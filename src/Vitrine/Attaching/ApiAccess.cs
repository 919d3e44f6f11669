using k8s;
using k8s.Exceptions;

namespace Vitrine.Attaching;

/// <summary>How a part of Vitrine comes to the API of a cluster: by a kubeconfig, or as the service account of its pod.</summary>
internal static class ApiAccess
{
    public static Kubernetes Connect(KubernetesClientConfiguration config) => new(config, new BearerHandler(config));

    /// <param name="kubeconfig">null inside a pod</param>
    /// <param name="server">URL to use instead of the one that is given there; a node whose Services nobody serves yet cannot use the Service "kubernetes"</param>
    /// <exception cref="CommandFailure">there is no such file, or nothing of it can be used</exception>
    public static KubernetesClientConfiguration Read(string? kubeconfig, string? server)
    {
        try
        {
            var config = kubeconfig is not null ? KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig) : KubernetesClientConfiguration.InClusterConfig();
            if (!string.IsNullOrEmpty(server))
                config.Host = Uri.TryCreate(server, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? $"{url}".TrimEnd('/') : throw new CommandFailure($"--server {server} is no URL", "write it as https://HOST:6443");
            return config;
        }
        catch (Exception e) when (e is KubeConfigException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure(kubeconfig is null ? $"this is no pod of a cluster: {e.Message}" : $"--kubeconfig {kubeconfig} cannot be used: {e.Message}", "give --kubeconfig with a context of the cluster");
        }
    }
}
