namespace Vitrine.Gateway.Telemetry;

/// <summary>One request of the access log. No query, no headers: they hold secrets too often.</summary>
internal readonly record struct AccessEntry(
    DateTimeOffset Time, string Client, string Method, string Host, string Path, string Protocol, int Status, double Milliseconds, string? Rule, string? Upstream, string? Endpoint, int Tries);
