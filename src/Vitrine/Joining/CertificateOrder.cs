using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Vitrine.Joining;

/// <summary>Orders a certificate of the cluster by a CertificateSigningRequest (certificates.k8s.io/v1); the key never leaves this machine.</summary>
internal static class CertificateOrder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="api">The requester.</param>
    /// <param name="node">Name of the node: the subject is CN=system:node:NAME, O=system:nodes.</param>
    /// <param name="signer">e.g. kubernetes.io/kube-apiserver-client-kubelet.</param>
    /// <param name="usage">"client auth" or "server auth".</param>
    /// <param name="addresses">Subject alternative names of a serving certificate, with the node's name; empty for a client.</param>
    /// <returns>Certificate and key as PEM.</returns>
    public static async Task<(string Certificate, string Key)> FillAsync(
        Kubernetes api, string node, string signer, string usage, IReadOnlyList<IPAddress> addresses, TimeProvider time, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=system:nodes, CN=system:node:{node}", key, HashAlgorithmName.SHA256);
        if (addresses.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(node);
            foreach (var address in addresses)
            {
                names.AddIpAddress(address);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        var created = await TellAsync(signer, () => api.CertificatesV1.CreateCertificateSigningRequestAsync(
            new V1CertificateSigningRequest
            {
                ApiVersion = "certificates.k8s.io/v1",
                Kind = "CertificateSigningRequest",
                Metadata = new V1ObjectMeta { GenerateName = "node-csr-" },
                Spec = new V1CertificateSigningRequestSpec
                {
                    SignerName = signer,
                    Usages = ["digital signature", usage],
                    Request = System.Text.Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()),
                },
            },
            cancellationToken: ct));
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience; await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct))
        {
            var now = await TellAsync(signer, () => api.CertificatesV1.ReadCertificateSigningRequestAsync(created.Metadata.Name, cancellationToken: ct));
            if (now.Status?.Conditions?.FirstOrDefault(c => c.Type is "Denied" or "Failed") is { } refused)
            {
                throw new CommandFailure($"the cluster refused the certificate request {created.Metadata.Name}: {refused.Reason} {refused.Message}", $"kubectl describe csr {created.Metadata.Name}");
            }

            if (now.Status?.Certificate is { Length: > 0 } certificate)
            {
                return (System.Text.Encoding.ASCII.GetString(certificate), key.ExportPkcs8PrivateKeyPem());
            }
        }

        throw new CommandFailure($"the certificate request {created.Metadata.Name} was not signed within {Patience.TotalSeconds:0} s", $"kubectl certificate approve {created.Metadata.Name}, then join again");
    }

    private static async Task<T> TellAsync<T>(string signer, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Unauthorized)
        {
            throw new CommandFailure("the cluster does not know this token (it may have expired)", "make another: vitrine token create");
        }
        catch (HttpOperationException e)
        {
            throw new CommandFailure($"requesting a certificate of {signer}: {e.Response.Content}");
        }
    }
}
