using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Explain.Gateway;

/// <summary>An HTTP request as somebody asks about it.</summary>
/// <param name="Method">as sent</param>
/// <param name="Secure">https</param>
/// <param name="Host">without the port, lower case</param>
/// <param name="Port">asked for</param>
/// <param name="Path">as the gateway reads it</param>
/// <param name="Headers">by name, in any case</param>
public sealed record AskedRequest(string Method, bool Secure, string Host, int Port, RequestPath Path, ImmutableDictionary<string, string> Headers) : IRequestValues
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? Query(string name) => Pairs(Path.Query.TrimStart('?'), '&').Where(p => Decoded(p.Name) == name).Select(p => Decoded(p.Value)).FirstOrDefault();

    public string? Cookie(string name) => Pairs(Header("Cookie") ?? "", ';').Where(p => p.Name == name).Select(p => p.Value).FirstOrDefault();

    /// <summary>What rules look at.</summary>
    public RequestShape Shape => new(Host, Path.Decoded, Method, this);

    public override string ToString() => $"{Method} {(Secure ? "https" : "http")}://{Host}{(Port == (Secure ? 443 : 80) ? "" : $":{Port}")}{Path.Encoded}{Path.Query}";

    private static IEnumerable<(string Name, string Value)> Pairs(string text, char between) => text.Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.IndexOf('=') is >= 0 and var at ? (p[..at], p[(at + 1)..]) : (p, ""));

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
