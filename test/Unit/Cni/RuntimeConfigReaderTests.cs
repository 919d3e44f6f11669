using System.Net;
using System.Text;
using CsCheck;
using Vitrine.Cni;
using Vitrine.Cni.Config;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class RuntimeConfigReaderTests
{
    [Fact]
    public void Everything_a_runtime_may_ask_for_is_read()
    {
        var config = Read("""
            {"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"TCP","hostIP":"127.0.0.1"},{"hostPort":53,"containerPort":5353,"protocol":"udp"},{"containerPort":9}],
             "bandwidth":{"ingressRate":1,"ingressBurst":2,"egressRate":0,"egressBurst":0},"ips":["10.1.0.9/24","fd00::9"],"mac":"02:00:00:00:00:09","unknown":[]}
            """.Replace("\"ingressRate\":1,", "\"ingressRate\":8000,"));
        Assert.Equal(["tcp/127.0.0.1/8080/80", "udp/*/53/5353"], config.PortMappings.Select(p => p.ToString()));
        Assert.Equal(new Bandwidth(8000, 2, 0, 0), config.Bandwidth);
        Assert.Equal(["10.1.0.9", "fd00::9"], config.RequestedAddresses.Select(a => a.ToString()));
        Assert.Equal("02:00:00:00:00:09", config.Mac.ToString());
    }

    [Fact]
    public void A_limit_in_the_config_itself_holds_when_the_runtime_asks_for_none() =>
        Assert.Equal(8000ul, ConfigReader.Read(Encoding.UTF8.GetBytes("""{"cniVersion":"1.0.0","name":"n","ingressRate":8000,"ingressBurst":8000}""")).Bandwidth!.IngressRate);

    [Theory]
    [InlineData("tcp/*/80/1", "tcp/*/80/2", true)]
    [InlineData("tcp/*/80/1", "udp/*/80/1", false)]
    [InlineData("tcp/*/80/1", "tcp/*/81/1", false)]
    [InlineData("tcp/*/80/1", "tcp/127.0.0.1/80/1", true)]
    [InlineData("tcp/0.0.0.0/80/1", "tcp/127.0.0.1/80/1", true)]
    [InlineData("tcp/0.0.0.0/80/1", "tcp/::1/80/1", false)]
    [InlineData("tcp/::/80/1", "tcp/fd00::1/80/1", true)]
    [InlineData("tcp/10.0.0.1/80/1", "tcp/10.0.0.2/80/1", false)]
    public void Two_mappings_overlap_when_some_packet_fits_both(string one, string other, bool overlap)
    {
        Assert.Equal(overlap, PortMapping.Parse(one)!.Overlaps(PortMapping.Parse(other)!));
        Assert.Equal(overlap, PortMapping.Parse(other)!.Overlaps(PortMapping.Parse(one)!));
    }

    [Fact]
    public void A_mapping_survives_its_own_text() =>
        Gen.Select(Gen.Int[0, 2].Select(i => (byte)(i == 0 ? 6 : i == 1 ? 17 : 132)), Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.Int[0, 2], Gen.Int[1, 65535], Gen.Int[1, 65535]).Sample((protocol, v4, v6, kind, host, container) =>
        {
            var mapping = new PortMapping(protocol, kind switch { 0 => null, 1 => new IPAddress(v4), _ => new IPAddress(v6) }, host, container);
            return PortMapping.Parse(mapping.ToString()) == mapping;
        });

    [Fact]
    public void Random_values_give_a_config_or_the_typed_error()
    {
        string[] fields = ["portMappings", "bandwidth", "ips", "mac"];
        string[] entries = ["hostPort", "containerPort", "protocol", "hostIP", "ingressRate", "ingressBurst", "egressRate", "egressBurst"];
        string[] values = ["null", "true", "1e999", "-1", "0", "80", "65536", "1.5", "99999999999999999999", "\"\"", "\"tcp\"", "\"::\"", "\"127.0.0.1\"", "\"fe80::1%eth0\"", "\"\\ud800\"", "[]", "{}", "[[]]"];
        var value = Gen.Select(Gen.Int[0, 3], Gen.Int[0, values.Length - 1], Gen.Select(Gen.Int[0, entries.Length - 1], Gen.Int[0, values.Length - 1]).List[0, 5]).Select((shape, plain, members) =>
        {
            var inner = "{" + string.Join(',', members.Select(m => $"\"{entries[m.Item1]}\":{values[m.Item2]}")) + "}";
            return shape switch { 0 => values[plain], 1 => inner, 2 => $"[{inner},{inner}]", _ => $"[{values[plain]}]" };
        });
        Gen.Select(Gen.Int[0, fields.Length - 1], value).List[0, 4].Sample(members =>
        {
            try
            {
                Read("{" + string.Join(',', members.Select(m => $"\"{fields[m.Item1]}\":{m.Item2}")) + "}");
            }
            catch (CniException e)
            {
                return e.Code is ErrorCode.InvalidConfig or ErrorCode.Decode && e.Message.Length > 0;
            }
            return true;
        });
    }

    [Fact]
    public void For_a_del_none_of_it_is_looked_at() =>
        Assert.Empty(ConfigReader.Read(Encoding.UTF8.GetBytes("""{"cniVersion":"1.0.0","name":"n","runtimeConfig":{"portMappings":7}}"""), forContainer: false).PortMappings);

    [Fact]
    public void Too_many_mappings_are_refused() =>
        Assert.Contains("more than", Assert.Throws<CniException>(() =>
            Read("{\"portMappings\":[" + string.Join(',', Enumerable.Range(1, 5000).Select(i => $$"""{"hostPort":{{i}},"containerPort":1}""")) + "]}")).Message);

    private static NetworkConfig Read(string runtimeConfig) =>
        ConfigReader.Read(Encoding.UTF8.GetBytes($$$"""{"cniVersion":"1.0.0","name":"net","ipam":{"ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]]},"runtimeConfig":{{{runtimeConfig}}}}"""));
}
