namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>How much of another Ingress' traffic this one takes (ingress-nginx canary annotations): by header, else by cookie, else by weight.</summary>
/// <param name="Weight">of Total</param>
/// <param name="Total">100 unless said otherwise</param>
/// <param name="Header">name, or null</param>
/// <param name="HeaderValue">that takes a request; null for "always" and "never"</param>
/// <param name="IsPattern">the value is an expression</param>
/// <param name="Cookie">name, or null: "always" and "never"</param>
internal sealed record CanarySettings(int Weight, int Total, string? Header, string? HeaderValue, bool IsPattern, string? Cookie);
