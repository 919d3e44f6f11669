using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Certificates;

/// <summary>CertificateSigningRequests: approve kubelets', sign what is approved, and forget what is over (an hour) or never came to anything (a day).</summary>
internal sealed class CertificateController(ApiClient api, X509Certificate2 authority, ILogger logger, TimeProvider time) : IWorkloadController
{
    private static readonly TimeSpan Over = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pending = TimeSpan.FromHours(24);
    private readonly Revisit revisit = new("csr-controller", logger, time);
    private readonly CertificateSigner signer = new(authority, time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) =>
        revisit.RunAsync(snapshot.CertificateSigningRequests.All, c => [c], c => LookAsync(c, ct), ct);

    private async Task<TimeSpan?> LookAsync(V1CertificateSigningRequest csr, CancellationToken ct)
    {
        var (meta, now) = (csr.Metadata, time.GetUtcNow().UtcDateTime);
        var conditions = csr.Status?.Conditions ?? [];
        var decided = conditions.FirstOrDefault(c => c.Type is "Denied" or "Failed") ?? (csr.Status?.Certificate is { Length: > 0 } ? conditions.FirstOrDefault(c => c.Type == "Approved") : null);
        var ends = decided is null ? (meta.CreationTimestamp ?? now) + Pending : (decided.LastUpdateTime ?? now) + Over;
        if (ends <= now)
        {
            await api.DeleteAsync(Resource.CertificateSigningRequests, null, meta.Name, meta.Uid, ct);
            return null;
        }

        if (decided is null && csr.Spec.SignerName is SigningPlan.KubeletClient or SigningPlan.KubeletServing or SigningPlan.Client)
        {
            await DecideAsync(csr, conditions.Any(c => c.Type == "Approved"), now, ct);
        }

        return ends - now;
    }

    private async Task DecideAsync(V1CertificateSigningRequest csr, bool approved, DateTime now, CancellationToken ct)
    {
        var request = SigningRequest.Read(csr.Spec.Request);
        if (!approved)
        {
            if (SigningPlan.Approval(csr, request) is { } message)
            {
                await WriteAsync(csr, "approval", s => s.Conditions = [.. s.Conditions ?? [], Condition("Approved", "AutoApproved", message, now)], ct);
            }

            return;
        }

        if (SigningPlan.Fault(csr, request) is { } fault)
        {
            await WriteAsync(csr, "status", s => s.Conditions = [.. s.Conditions ?? [], Condition("Failed", "SignerValidationFailure", fault, now)], ct);
            return;
        }

        var certificate = signer.Sign(request!, csr.Spec.Usages, csr.Spec.ExpirationSeconds);
        await WriteAsync(csr, "status", s => s.Certificate = certificate, ct);
    }

    private async Task WriteAsync(V1CertificateSigningRequest csr, string subresource, Action<V1CertificateSigningRequestStatus> change, CancellationToken ct)
    {
        var next = PodTemplates.Clone(csr);
        next.ApiVersion = "certificates.k8s.io/v1";
        next.Kind = "CertificateSigningRequest";
        next.Status ??= new V1CertificateSigningRequestStatus();
        change(next.Status);
        try
        {
            await api.SendAsync<object>(HttpMethod.Put, Resource.CertificateSigningRequests.Of(null, csr.Metadata.Name) + "/" + subresource, KubernetesJson.Serialize(next), "application/json", ct);
        }
        catch (ApiException e) when (e.Stale)
        {
            // Changed meanwhile: the next look decides anew.
        }
    }

    private static V1CertificateSigningRequestCondition Condition(string type, string reason, string message, DateTime now) =>
        new() { Type = type, Status = "True", Reason = reason, Message = message, LastUpdateTime = now, LastTransitionTime = now };
}
