using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.ApiServer.Services;

namespace Vitrine.ApiServer;

/// <summary>What the embedded API server needs to start. Certificates carry their private keys.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Directory of the revision log; created 0700 when absent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses to serve TLS on, e.g. 127.0.0.1:6443 and the node bridge's own address.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>The server's certificate, signed by <see cref="ClusterCa"/>.</summary>
    public required X509Certificate2 ServingCertificate { get; init; }

    /// <summary>The CA that signs client and kubelet serving certificates (no key needed).</summary>
    public required X509Certificate2 ClusterCa { get; init; }

    /// <summary>Client certificate shown to node agents (O=system:masters) for logs, exec and attach.</summary>
    public required X509Certificate2 KubeletClientCertificate { get; init; }

    /// <summary>ECDSA P-256, signs ServiceAccount tokens; without one a key that lasts as long as the server.</summary>
    public ECDsa? TokenKey { get; init; }

    /// <summary>What Services are given addresses and ports from.</summary>
    public ServiceRanges Services { get; init; } = new();

    /// <summary>File of audit events (audit.k8s.io/v1, JSON lines); null for none.</summary>
    public string? AuditLogPath { get; init; }

    /// <summary>A Policy of audit.k8s.io/v1; null for the metadata of everything.</summary>
    public string? AuditPolicyFile { get; init; }

    /// <summary>How long pods stay on a node that is not ready or unreachable, unless they say so themselves (kube-apiserver's --default-not-ready-toleration-seconds).</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;
}
