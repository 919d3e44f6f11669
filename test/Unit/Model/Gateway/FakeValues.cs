using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Unit.Model.Gateway;

internal sealed class FakeValues : IRequestValues
{
    public Dictionary<string, string> Headers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> Parameters { get; init; } = [];

    public Dictionary<string, string> Cookies { get; init; } = [];

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string? Query(string name) => Parameters.GetValueOrDefault(name);

    public string? Cookie(string name) => Cookies.GetValueOrDefault(name);
}
