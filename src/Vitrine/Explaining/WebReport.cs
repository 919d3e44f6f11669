using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Explaining;

/// <summary>The request's part of a report: what the gateway does with it.</summary>
internal sealed record WebReport
{
    /// <summary>METHOD URL.</summary>
    public required string Request { get; init; }

    /// <summary>Name, clients' port and protocol.</summary>
    public required string Listener { get; init; }

    /// <summary>namespace/name of the Secret whose certificate is shown; null without TLS, or where there is none.</summary>
    public string? Certificate { get; init; }

    public required string Verdict { get; init; }

    /// <summary>kind/namespace/name and field of the rule that takes it; null where none does.</summary>
    public string? Rule { get; init; }

    public string? Host { get; init; }

    /// <summary>Rules that do not take it, with what did not fit.</summary>
    public required IReadOnlyList<ReportedRule> Lost { get; init; }

    /// <summary>What is done to the request and its answer.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>Where it may go.</summary>
    public required IReadOnlyList<ReportedBackend> Backends { get; init; }

    /// <summary>Statuses the gateway may answer with itself; 0 stands for a backend's.</summary>
    public required IReadOnlyList<int> Expected { get; init; }

    /// <summary>Of the real request; null when none was sent, or none came.</summary>
    public int? Status { get; init; }

    /// <summary>Why no answer came.</summary>
    public string? Error { get; init; }

    public static WebReport Of(RequestExplanation explanation, WebAnswer? answer) => new()
    {
        Request = $"{explanation.Request}",
        Listener = $"{explanation.Listener.Name} port {explanation.Listener.Port} {explanation.Listener.Protocol}",
        Certificate = explanation.Certificate is { } shown ? $"secret/{shown.Secret}" : null,
        Verdict = $"{explanation.Verdict}",
        Rule = explanation.Rule is { } rule ? $"{rule.Source}" : null,
        Host = explanation.Rule is null ? null : explanation.Listener.Hosts.FirstOrDefault(h => h.Rules.Contains(explanation.Rule))?.Host,
        Lost = [.. explanation.Lost.Select(l => new ReportedRule($"{l.Rule.Source}", l.Host.Host, l.Detail))],
        Filters = explanation.Filters,
        Backends = [.. explanation.Backends.Select(b => Of(b, explanation.Upstreams.FirstOrDefault(u => u.Key == b.Upstream)))],
        Expected = explanation.Statuses,
        Status = answer?.Status,
        Error = answer?.Error,
    };

    /// <summary>Where the real request met something else than was predicted.</summary>
    public static IEnumerable<string> Disagreements(RequestExplanation explanation, WebAnswer answer)
    {
        if (explanation.Verdict == RequestVerdict.NoCertificate)
        {
            if (answer.Status is not null)
                yield return $"predicted that the TLS handshake fails; it was answered with {answer.Status}";
            yield break;
        }
        if (answer.Status is not { } status)
            yield return $"predicted {explanation.Verdict}; no answer came ({answer.Error})";
        else if (!explanation.Statuses.Contains(status) && !(explanation.Statuses.Contains(0) && !answer.OfGateway))
            yield return $"predicted {(explanation.Statuses.Contains(0) ? "a backend's answer" : "")}{string.Join(" or ", explanation.Statuses.Where(s => s != 0))}; the gateway answered {status}";
        if (explanation.Certificate is { } planned && answer.Thumbprint is { } shown && Thumbprint(planned) is { } expected && shown != expected)
            yield return $"predicted the certificate of secret/{planned.Secret}; another was shown";
    }

    private static ReportedBackend Of(WeightedBackend backend, Upstream? upstream) =>
        new(upstream is null ? "" : $"service/{upstream.Service}", upstream?.Port, backend.Weight, [.. (upstream?.Endpoints ?? []).Select(e => $"{e.Address}:{e.Port}{(e.Pod is null ? "" : $" pod/{e.Pod}")}")]);

    private static string? Thumbprint(ServerCertificate certificate)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificate.Chain);
        return leaf.Thumbprint;
    }
}

/// <summary>A rule that does not take the request.</summary>
internal sealed record ReportedRule(string Rule, string Host, string Why);

/// <summary>A backend of the rule; no Service where the reference is broken.</summary>
internal sealed record ReportedBackend(string Service, int? Port, int Weight, IReadOnlyList<string> Endpoints);
