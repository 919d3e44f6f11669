using System.Text;
using CsCheck;
using Vitrine.Cni;
using Vitrine.Cni.Config;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class ConfigReaderTests
{
    private const string Whole = """
        {"cniVersion":"1.0.0","name":"net","type":"vitrine-cni","mode":"bridge","bridge":"br1","hairpinMode":false,"networkPolicy":true,"isGateway":false,"mtu":1400,"stateDir":"/run/x",
         "dns":{"nameservers":["192.0.2.53"]},"unknown":{"a":[1,2]},"runtimeConfig":{"portMappings":[]},
         "ipam":{"ranges":[[{"subnet":"10.1.0.0/24","rangeStart":"10.1.0.10","rangeEnd":"10.1.0.20","gateway":"10.1.0.254"},{"subnet":"10.2.0.0/24"}],[{"subnet":"fd00::/64"}]],
                 "routes":[{"dst":"0.0.0.0/0"},{"dst":"10.9.0.0/16","gw":"10.1.0.253"}]}}
        """;

    [Fact]
    public void Every_field_is_read()
    {
        var config = Read(Whole);
        Assert.Equal((WiringMode.Bridge, "br1", false, false, 1400, "/run/x/net"),
            (config.Mode, config.Bridge, config.Hairpin, config.IsGateway, config.Mtu, config.NetworkDirectory));
        Assert.Equal("10.1.0.10-10.1.0.20, 10.2.0.1-10.2.0.254", config.Ranges[0].ToString());
        Assert.Equal("10.1.0.254", config.Ranges[0].Ranges[0].Gateway.ToString());
        Assert.Equal("fd00::1", config.Ranges[1].Ranges[0].Gateway.ToString());
        Assert.Equal("10.1.0.253", config.Routes![1].Gateway!.ToString());
        Assert.NotNull(config.Dns);
        Assert.True(config.NetworkPolicy);
    }

    [Fact]
    public void What_is_left_out_has_the_documented_default()
    {
        var config = Read(With("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\"}]]}"));
        Assert.Equal((WiringMode.Routed, "vtr0", 0, "/run/vitrine/cni"), (config.Mode, config.Bridge, config.Mtu, config.StateDirectory));
        Assert.Null(config.Routes);
        Assert.False(config.NetworkPolicy);
        Assert.Equal("10.1.0.1-10.1.0.254", config.Ranges[0].ToString());
    }

    [Theory]
    [InlineData("\"ipam\":{}", "ipam.ranges is missing")]
    [InlineData("\"ipam\":{\"ranges\":[]}", "ipam.ranges is empty")]
    [InlineData("\"ipam\":{\"ranges\":[[]]}", "empty set")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1/16\"}]]}", "no network prefix")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/31\"}]]}", "too small")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\",\"rangeStart\":\"10.2.0.1\"}]]}", "rangeStart 10.2.0.1")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\",\"rangeStart\":\"10.1.0.9\",\"rangeEnd\":\"10.1.0.8\"}]]}", "after rangeEnd")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\"}],[{\"subnet\":\"10.1.0.128/25\"}]]}", "overlap")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\"},{\"subnet\":\"fd00::/64\"}]]}", "IPv4 and IPv6")]
    [InlineData("\"ipam\":{\"ranges\":[[{\"subnet\":7}]]}", "subnet has the wrong type")]
    [InlineData("\"ipam\":[]", "ipam has the wrong type")]
    [InlineData("\"mtu\":67", "invalid mtu")]
    [InlineData("\"mtu\":1.5", "mtu has the wrong type")]
    [InlineData("\"mode\":\"magic\"", "invalid mode")]
    [InlineData("\"bridge\":\"../x\"", "invalid bridge name")]
    [InlineData("\"stateDir\":\"/a/../b\"", "invalid stateDir")]
    public void A_bad_field_is_named(string field, string message)
    {
        var ipam = field.Contains("ipam") ? "" : ",\"ipam\":{\"ranges\":[[{\"subnet\":\"10.1.0.0/24\"}]]}";
        var e = Assert.Throws<CniException>(() => Read(With(field + ipam)));
        Assert.Equal(ErrorCode.InvalidConfig, e.Code);
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void Deep_nesting_is_an_error_of_decoding() =>
        Assert.Equal(ErrorCode.Decode, Assert.Throws<CniException>(() => Read(new string('[', 100_000))).Code);

    [Fact]
    public void Half_a_surrogate_pair_is_an_error_of_decoding() =>
        Assert.Equal(ErrorCode.Decode, Assert.Throws<CniException>(() => Read("""{"cniVersion":"\ud800"}""")).Code);

    [Fact]
    public void Mutations_of_a_config_give_a_config_or_the_typed_error()
    {
        var whole = Encoding.UTF8.GetBytes(Whole);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((i, a, j, b, length) =>
        {
            var mutated = whole.ToArray();
            (mutated[i], mutated[j]) = (a, b);
            return ReadsOrRefuses(mutated.AsMemory(0, length)) && ReadsOrRefuses(mutated);
        });
    }

    [Fact]
    public void Random_values_in_known_fields_give_a_config_or_the_typed_error()
    {
        string[] fields = ["cniVersion", "name", "type", "mode", "mtu", "stateDir", "bridge", "ipam", "routes", "ranges", "prevResult", "dns", "ipMasq", "vlan", "cni.dev/valid-attachments"];
        string[] values = ["null", "true", "1e999", "-1", "\"\"", "\"1.0.0\"", "\"a\"", "[]", "[[]]", "[null]", "[1]", "{}", "\"/\"", "{\"ranges\":[[{\"subnet\":\"::/0\"}]],\"routes\":[{}]}", "[{\"containerID\":3}]"];
        Gen.Select(Gen.Int[0, fields.Length - 1], Gen.Int[0, values.Length - 1]).List[0, 12].Sample(pairs =>
            ReadsOrRefuses(Encoding.UTF8.GetBytes("{\"cniVersion\":\"1.1.0\",\"name\":\"n\"" + string.Concat(pairs.Select(p => $",\"{fields[p.Item1]}\":{values[p.Item2]}")) + "}")));
    }

    private static bool ReadsOrRefuses(ReadOnlyMemory<byte> json)
    {
        try
        {
            ConfigReader.Read(json);
        }
        catch (CniException e)
        {
            return e.Code is 1 or 2 or 6 or 7 && e.Message.Length > 0;
        }
        return true;
    }

    private static string With(string fields) => "{\"cniVersion\":\"1.0.0\",\"name\":\"net\"," + fields + "}";

    private static NetworkConfig Read(string json) => ConfigReader.Read(Encoding.UTF8.GetBytes(json));
}
