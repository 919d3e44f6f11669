using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;
using Vitrine.Clusters;

namespace Vitrine.Joining;

/// <summary>
/// TLS bootstrapping (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/): from a token to the
/// node's own identity. Done once; a node that has its kubeconfig just starts.
/// <code>
/// 1 the cluster's authority, believed by its hash
/// 2 with the token: a client certificate of system:node:NAME
/// 3 with that: a serving certificate for the kubelet API
/// 4 the kubeconfig, last: while it is missing the node has not joined
/// </code>
/// </summary>
internal static class NodeJoin
{
    public static async Task EnsureAsync(JoinOptions options, TimeProvider time, CancellationToken ct)
    {
        var paths = options.Paths;
        if (File.Exists(paths.Kubeconfig))
        {
            return;
        }

        var token = options.Token ?? throw new CommandFailure($"this machine has not joined a cluster yet ({paths.Kubeconfig} is missing)", "give --token; vitrine token create on the cluster's machine prints the whole command");
        using var authority = options.AuthorityFile is { } file                                                              // 1
            ? X509CertificateLoader.LoadCertificateFromFile(file)
            : await AuthorityDiscovery.DiscoverAsync(options.Server, options.AuthorityHash, ct);
        var caPem = authority.ExportCertificatePem();
        PrivateFile.Write(paths.Authority, caPem);

        using var stranger = new Kubernetes(new KubernetesClientConfiguration { Host = $"{options.Server}", AccessToken = $"{token}", SslCaCerts = [authority] });
        var (certificate, key) = await CertificateOrder.FillAsync(stranger, options.NodeName, "kubernetes.io/kube-apiserver-client-kubelet", "client auth", [], time, ct); // 2

        var kubeconfig = KubeconfigFile.Render("vitrine-node", options.Server, caPem, certificate, key);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(kubeconfig));
        using var node = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(stream));
        var (serving, servingKey) = await CertificateOrder.FillAsync(node, options.NodeName, "kubernetes.io/kubelet-serving", "server auth", options.Addresses, time, ct); // 3
        PrivateFile.Write(paths.Certificate, serving);
        PrivateFile.Write(paths.Key, servingKey);
        PrivateFile.Write(paths.Kubeconfig, kubeconfig);                                                                     // 4
    }

    /// <summary>The addresses this machine uses towards the server: the one the kernel would send from.</summary>
    public static async Task<IPAddress> OwnAddressAsync(Uri server, CancellationToken ct)
    {
        try
        {
            var targets = await System.Net.Dns.GetHostAddressesAsync(server.DnsSafeHost, ct);
            using var probe = new System.Net.Sockets.Socket(targets[0].AddressFamily, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
            // Connecting a datagram socket sends nothing; it only chooses a route and its source.
            await probe.ConnectAsync(new IPEndPoint(targets[0], server.Port), ct);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new CommandFailure($"this machine has no way to {server}: {e.Message}", "check --server and this machine's routes, or give --node-address");
        }
    }
}
