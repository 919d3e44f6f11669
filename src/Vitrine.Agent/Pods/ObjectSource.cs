using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>ConfigMaps, Secrets and Services by name, asked of the API when needed: this chapter's pods are few.</summary>
internal sealed class ObjectSource(IKubernetes api)
{
    public async Task<V1ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken ct)
    {
        try
        {
            return await api.CoreV1.ReadNamespacedConfigMapAsync(name, ns, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Services of a namespace, for a container's environment.</summary>
    public async Task<IList<V1Service>> ServicesAsync(string ns, CancellationToken ct) =>
        (await api.CoreV1.ListNamespacedServiceAsync(ns, cancellationToken: ct).ConfigureAwait(false)).Items;

    public async Task<V1Service?> ServiceAsync(string ns, string name, CancellationToken ct)
    {
        try
        {
            return await api.CoreV1.ReadNamespacedServiceAsync(name, ns, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<V1Secret?> SecretAsync(string ns, string name, CancellationToken ct)
    {
        try
        {
            return await api.CoreV1.ReadNamespacedSecretAsync(name, ns, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
