using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Admission;

/// <summary>
/// Who asks for a certificate is what the server knows, not what the request says; afterwards only conditions and the
/// certificate change, each by its own subresource (pkg/registry/certificates/certificates: strategy).
/// </summary>
internal static class SigningRequestAdmission
{
    public static void Sign(AdmissionRequest request, JsonObject csr)
    {
        var spec = csr.Ensure("spec");
        foreach (var field in (ReadOnlySpan<string>)["username", "uid", "groups", "extra"])
        {
            spec.Remove(field);
        }
        if (request.User is { } user)
        {
            spec["username"] = user.Name;
            spec["groups"] = new JsonArray([.. user.Groups.Select(static group => (JsonNode)group)]);
        }
    }

    public static void Keep(AdmissionRequest request, UpdateScope scope, JsonObject csr, JsonObject old)
    {
        ObjectMeta.Keep(csr, old, "spec");
        if (scope == UpdateScope.Main)
        {
            return;
        }
        var (asked, before) = (csr.Object("status") ?? [], old.Object("status") ?? []);
        var mayDecide = scope == UpdateScope.Approval;
        if (mayDecide || !JsonNode.DeepEquals(asked["certificate"], before["certificate"]))
        {
            Require(request, mayDecide ? "approve" : "sign", old);
        }
        var conditions = asked.Objects("conditions").Where(c => IsDecision(c) == mayDecide)
            .Concat(before.Objects("conditions").Where(c => IsDecision(c) != mayDecide))
            .Select(c => c.DeepClone().AsObject()).ToArray();
        foreach (var condition in conditions)
        {
            Date(condition, before, ObjectMeta.Timestamp(request.Now));
        }
        var status = (mayDecide ? before : asked).DeepClone().AsObject();
        status.Remove("conditions");
        if (conditions.Length > 0)
        {
            status["conditions"] = new JsonArray([.. conditions]);
        }
        csr["status"] = status;
    }

    /// <summary>The admission plugins CertificateApproval and CertificateSigning: a signer, or all of its domain, are granted by name.</summary>
    private static void Require(AdmissionRequest request, string verb, JsonObject csr)
    {
        var signer = csr.TextAt("spec.signerName");
        if (request is not { Access: { } access, User: { } user } || May(signer) || May($"{signer.Split('/')[0]}/*"))
        {
            return;
        }
        throw ApiErrors.Forbidden(request.Kind, csr.TextAt("metadata.name"), $"user not permitted to {verb} requests with signerName \"{signer}\"");

        bool May(string name) => access.Decide(new AccessQuestion(user, verb, "certificates.k8s.io", "signers") { Name = name }).Allowed;
    }

    private static bool IsDecision(JsonObject condition) => condition.Text("type") is "Approved" or "Denied";

    private static void Date(JsonObject condition, JsonObject before, string now)
    {
        condition.DefaultText("lastUpdateTime", now);
        var same = before.Objects("conditions").FirstOrDefault(c => c.Text("type") == condition.Text("type") && c.Text("status") == condition.Text("status"));
        condition.DefaultText("lastTransitionTime", same.Text("lastTransitionTime") is { Length: > 0 } since ? since : now);
    }
}
