namespace Vitrine.Doctor;

/// <summary>One requirement looked at.</summary>
/// <param name="Requirement">What is needed, e.g. "program containerd".</param>
/// <param name="State">"ok", "warning" (something works less well) or "missing" (up will not work).</param>
/// <param name="Why">What needs it, or what was found.</param>
/// <param name="Fix">What to do, empty when ok.</param>
internal sealed record Finding(string Requirement, string State, string Why, string Fix)
{
    public static Finding Of(bool ok, string requirement, string why, string fix) => new(requirement, ok ? "ok" : "missing", why, ok ? "" : fix);

    public static Finding Wish(bool ok, string requirement, string why, string fix) => new(requirement, ok ? "ok" : "warning", why, ok ? "" : fix);
}
