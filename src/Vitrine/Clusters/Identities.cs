using System.Net;

namespace Vitrine.Clusters;

/// <summary>Who talks to the cluster's API server: certificates, and the kubeconfigs that hold them.</summary>
internal sealed class Identities(ClusterPaths paths, ClusterSpec spec, Pki pki)
{
    /// <summary>A client certificate and a kubeconfig of that file name, unless they are there.</summary>
    public void Ensure(string file, string user, string? group, IPEndPoint server)
    {
        pki.EnsureClient(file, user, group);
        PrivateFile.Write(paths.Kubeconfig(file), KubeconfigFile.Render(spec.Context, new Uri($"https://{server}"), pki.CaPem, pki.CertificatePem(file), pki.KeyPem(file)));
    }

    /// <summary>A node's two: as a client of the API server, and as the server of its own kubelet API.</summary>
    public void EnsureNode(NodeSpec node)
    {
        pki.EnsureServing($"{node.Name}-kubelet", $"system:node:{node.Name}", [node.Name], node.Parsed);
        Ensure(node.Name, $"system:node:{node.Name}", "system:nodes", spec.ApiOnBridge);
    }

    /// <summary>Forgets a node that is gone, so that another of its name gets keys of its own.</summary>
    public void RemoveNode(NodeSpec node)
    {
        pki.Remove($"{node.Name}-kubelet");
        pki.Remove(node.Name);
        File.Delete(paths.Kubeconfig(node.Name));
    }
}
