namespace Vitrine.ApiServer.Access;

/// <summary>The answer to an <see cref="AccessQuestion"/>.</summary>
/// <param name="Grant">The binding that allows it, where one does.</param>
/// <param name="Why">What else there is to say, or "".</param>
internal readonly record struct AccessVerdict(bool Allowed, RoleGrant? Grant, string Why)
{
    /// <summary>As a SubjectAccessReview says it.</summary>
    public string Reason => Grant is null ? Why : $"RBAC: allowed by {Grant.Description}";
}
