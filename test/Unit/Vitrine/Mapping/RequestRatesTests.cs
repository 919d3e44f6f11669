using CsCheck;
using Vitrine.Gateway.Telemetry;
using Vitrine.Mapping;
using Xunit;

namespace Vitrine.Unit.Mapping;

/// <summary>What the proxies count, read as they write it.</summary>
public sealed class RequestRatesTests
{
    [Fact]
    public void Requests_of_all_proxies_are_added_by_rule_and_Service()
    {
        var rates = new RequestRates();
        Assert.Empty(rates.Next(Asked(("a", 10), ("b", 0)), TimeSpan.Zero));
        var rate = Assert.Single(rates.Next(Asked(("a", 30), ("b", 10)), TimeSpan.FromSeconds(2)));
        Assert.Equal(new RequestRate("Ingress/default/shop", "service/default/web", 15), rate);
        Assert.Empty(rates.Next(Asked(("a", 30), ("b", 10)), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void A_proxy_that_was_away_begins_anew()
    {
        var rates = new RequestRates();
        rates.Next(Asked(("a", 100)), TimeSpan.Zero);
        rates.Next(new Dictionary<string, string?> { ["a"] = null }, TimeSpan.FromSeconds(1));
        Assert.Empty(rates.Next(Asked(("a", 5)), TimeSpan.FromSeconds(2)));
        Assert.Empty(rates.Next(Asked(("a", 3)), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Any_text_is_read_to_its_end() => Gen.String.Sample(text =>
    {
        var read = RequestRates.Read($"{text}\nvitrine_gateway_upstream_requests_total{{route=\"Ingress/a/b\",upstream=\"a/c:80\"}} 7\n{text}");
        Assert.Equal(7, read[("Ingress/a/b", "service/a/c")]);
    });

    private static Dictionary<string, string?> Asked(params (string Node, int Requests)[] nodes) => nodes.ToDictionary(n => n.Node, n =>
    {
        var meter = new GatewayMeter();
        for (var i = 0; i < n.Requests; i++)
            meter.Ended("Ingress/default/shop", "default/web:80", i % 2 == 0 ? 200 : 404, TimeSpan.FromMilliseconds(1));
        return (string?)meter.Render(0);
    });
}
