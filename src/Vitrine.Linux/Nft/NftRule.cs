using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Linux.Nft;

/// <summary>
/// A rule, built from left to right: matches, then what to do with a packet that matches them all. A value: every method gives a longer rule.
/// <see cref="Text"/> reads as nft(8) prints it.
/// </summary>
/// <param name="Table">where it is</param>
/// <param name="Chain">at whose end it goes</param>
public sealed record NftRule(NftTable Table, string Chain)
{
    private const uint FullyRandom = 1 << 4, PriorityKey = 2, MarkKey = 3, TraceKey = 12, DefaultBurst = 5;
    private const uint StatusDnat = 1 << 5;

    /// <summary>Without the comment and what counters have counted.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Which object of the user's the rule is for; at most 253 bytes are kept.</summary>
    public string? Comment { get; init; }

    internal ImmutableArray<NftExpression> Expressions { get; private init; } = [];

    /// <summary>Fields that must hold a value were already compared: once a rule is enough.</summary>
    private ImmutableArray<NftField> Settled { get; init; } = [];

    public NftRule Is(NftField field, NftValue value, bool not = false) =>
        Load(field).Add($"{field.Text} {Not(not)}{value.Text}", NftExpression.Compare(0, !not, value.Bytes));

    /// <summary>Of a packet in an inet table: IPv4 or IPv6.</summary>
    public NftRule Of(NftFamily family) => Table.Family == family ? this : Settle(NftField.NfProto, [(byte)family], family == NftFamily.Ip6 ? "meta nfproto ipv6" : "meta nfproto ipv4");

    /// <summary>The field is an address of the network.</summary>
    public NftRule In(NftField field, IPNetwork network, bool not = false)
    {
        var mask = NftValue.Mask(network).Bytes;
        var loaded = Load(field);
        if (network.PrefixLength < mask.Length * 8)
            loaded = loaded.Add("", NftExpression.Bitwise(0, 0, mask, new byte[mask.Length]));
        return loaded.Add($"{field.Text} {Not(not)}{network}", NftExpression.Compare(0, !not, network.BaseAddress.GetAddressBytes()));
    }

    /// <summary>The fields together are an element of the set.</summary>
    public NftRule In(string set, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add($"{Join(fields)} @{set}", NftExpression.Lookup(set, 0));

    public NftRule NotIn(string set, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add($"{Join(fields)} != @{set}", NftExpression.Lookup(set, 0, inverted: true));

    /// <summary>A port in a range, ends included.</summary>
    public NftRule Between(NftField field, NftValue first, NftValue last) =>
        Load(field).Add($"{field.Text} {first.Text}-{last.Text}", NftExpression.Range(0, inside: true, first.Bytes, last.Bytes));

    /// <summary>The connection is in one of these states.</summary>
    public NftRule CtStateIn(NftCtState states) =>
        AnyBit(NftField.CtState, (uint)states, string.Join(',', Enum.GetValues<NftCtState>().Where(s => states.HasFlag(s)).Select(s => s.ToString().ToLowerInvariant())));

    /// <summary>The packet goes the other way than its connection's first; untracked ones do not.</summary>
    public NftRule CtReply() => Load(NftField.CtDirection).Add("ct direction reply", NftExpression.Compare(0, true, [1]));

    /// <summary>The connection's destination was rewritten.</summary>
    public NftRule CtStatusDnat() => AnyBit(NftField.CtStatus, StatusDnat, "dnat");

    /// <summary>The packet's mark has all these bits.</summary>
    public NftRule MarkHas(uint bits) => Load(NftField.Mark).Add($"meta mark & 0x{bits:x8} == 0x{bits:x8}",
        NftExpression.Bitwise(0, 0, NftField.Native(bits), new byte[4]), NftExpression.Compare(0, true, NftField.Native(bits)));

    /// <summary>The destination is an address of this host.</summary>
    public NftRule ToThisHost() => Load(NftField.DestinationType).Add("fib daddr type local", NftExpression.Compare(0, true, NftField.Native(2)));

    /// <summary>A socket of this host takes the packet: at prerouting and input, of TCP and UDP (kernel module nft_socket).</summary>
    public NftRule ToSocket() => Add("socket transparent 0", NftExpression.SocketTransparent(0), NftExpression.Compare(0, true, [0]));

    public NftRule Count() => Add("counter", NftExpression.Counter());

    /// <summary>Counts in a counter of the table's that has a name (<see cref="NftBatch.AddCounter"/>); other rules may count in it too.</summary>
    public NftRule CountIn(string counter) => Add($"counter name \"{counter}\"", NftExpression.CounterObject(counter));

    /// <summary>Lets through at most so many packets a second.</summary>
    public NftRule Limit(ulong perSecond, uint burst = DefaultBurst) =>
        Add(string.Create(CultureInfo.InvariantCulture, $"limit rate {perSecond}/second{(burst == DefaultBurst ? "" : $" burst {burst} packets")}"), NftExpression.Limit(perSecond, 1, burst));

    public NftRule Accept() => Do(NftVerdict.Accept);

    public NftRule Drop() => Do(NftVerdict.Drop);

    public NftRule Jump(string chain) => Do(NftVerdict.Jump(chain));

    public NftRule Goto(string chain) => Do(NftVerdict.Goto(chain));

    public NftRule Return() => Do(NftVerdict.Return);

    public NftRule Do(NftVerdict verdict) => Add(verdict.ToString(), NftExpression.Immediate(verdict));

    /// <summary>The verdict the map holds for the fields; on without one.</summary>
    public NftRule VerdictFrom(string map, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add($"{Join(fields)} vmap @{map}", NftExpression.LookupMap(map, 0, NftRegister.Verdict));

    /// <summary>No connection is kept for the packet; of a chain before connection tracking (<see cref="NftPriority.Raw"/>).</summary>
    public NftRule NoTrack() => Add("notrack", NftExpression.NoTrack());

    /// <summary>An answer that the port is closed: RST for TCP, ICMP port unreachable otherwise.</summary>
    public NftRule RejectPort() => Add("reject", NftExpression.Reject(2, 1));

    public NftRule RejectTcp() => Settle(NftField.L4Protocol, [6], "meta l4proto tcp").Add("reject with tcp reset", NftExpression.Reject(1, null));

    /// <summary>The source becomes the outgoing link's address, the port a random one: two connections less often race for one.</summary>
    public NftRule Masquerade() => Add("masquerade fully-random", NftExpression.Masquerade(FullyRandom));

    /// <summary>To a port of this host.</summary>
    public NftRule Redirect(int port) => Add($"redirect to :{port}", NftExpression.Immediate(0, NftValue.Port(port).Bytes), NftExpression.Redirect(0));

    public NftRule DestinationNat(IPAddress address, int port)
    {
        var family = address.AddressFamily == AddressFamily.InterNetworkV6 ? NftFamily.Ip6 : NftFamily.Ip;
        var text = family == NftFamily.Ip6 ? $"dnat ip6 to [{address}]:{port}" : $"dnat ip to {address}:{port}";
        return Add(text, NftExpression.Immediate(0, address.GetAddressBytes()), NftExpression.Immediate(4, NftValue.Port(port).Bytes),
            NftExpression.Nat(true, family, 0, 4));
    }

    /// <summary>To the address (and, with <paramref name="port"/>, the port) that the map holds for the fields; on without one.</summary>
    public NftRule DestinationNatFrom(string map, NftFamily family, bool port, params ReadOnlySpan<NftField> fields)
    {
        var slots = family == NftFamily.Ip6 ? 4 : 1;
        return Load(fields).Add($"dnat {(family == NftFamily.Ip6 ? "ip6" : "ip")} to {Join(fields)} map @{map}",
            NftExpression.LookupMap(map, 0, new NftRegister(0).Number), NftExpression.Nat(true, family, 0, port ? slots : null));
    }

    /// <summary>To the address, at the port it was sent to, that the map holds for a number below <paramref name="modulus"/>, new for each connection; on where it holds none.</summary>
    public NftRule DestinationNatToAny(string map, NftFamily family, uint modulus) => DestinationNatFrom(map, family, port: false, NftField.Random(modulus));

    /// <summary>Sets bits of the packet's mark, and leaves the others.</summary>
    public NftRule SetMark(uint bits) => Load(NftField.Mark).Add($"meta mark set meta mark | 0x{bits:x8}",
        NftExpression.Bitwise(0, 0, NftField.Native(~bits), NftField.Native(bits)), NftExpression.MetaSet(MarkKey, 0));

    /// <summary>Puts down what the map holds for the fields, see <see cref="NftField.Priority"/>; the rule ends here where it holds nothing.</summary>
    public NftRule SetPriorityFrom(string map, params ReadOnlySpan<NftField> fields) =>
        Load(NftField.Mapped(map, NftType.Mark, fields)).Add($"meta priority set {Join(fields)} map @{map}", NftExpression.MetaSet(PriorityKey, 0));

    /// <summary>From here on every rule the packet meets is reported, see <see cref="NftTraceReader"/>.</summary>
    public NftRule Trace() => Add("meta nftrace set 1", NftExpression.Immediate(0, [1]), NftExpression.MetaSet(TraceKey, 0));

    /// <summary>Adds the fields' values to a dynamic set, or starts their time anew.</summary>
    public NftRule Remember(string set, TimeSpan timeout, params ReadOnlySpan<NftField> fields) =>
        Load(fields).Add($"update @{set} {{ {Join(fields)} timeout {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s }}",
            NftExpression.Remember(set, 0, null, timeout));

    /// <summary>Adds the key with a value to a dynamic map; a key that is there keeps its value and has its time started anew.</summary>
    public NftRule RememberValue(string map, TimeSpan timeout, NftField value, params ReadOnlySpan<NftField> key)
    {
        var slots = 0;
        foreach (var field in key)
            slots += field.Type.PaddedSize / 4;
        return Load([.. key, value]).Add($"update @{map} {{ {Join(key)} timeout {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s : {value.Text} }}",
            NftExpression.Remember(map, 0, slots, timeout));
    }

    /// <summary>Deletes the key from a dynamic map.</summary>
    public NftRule Forget(string map, params ReadOnlySpan<NftField> key) => Load(key).Add($"delete @{map} {{ {Join(key)} }}", NftExpression.Forget(map, 0));

    public override string ToString() => Comment is null ? Text : $"{Text} comment \"{Comment}\"";

    /// <summary>True when the kernel's rule does the same and bears the same comment.</summary>
    internal bool IsIn(NftDumpedRule dumped) =>
        Chain == dumped.Chain && NftAnnotation.Cut(Comment) == dumped.Comment && Expressions.Length == dumped.Expressions.Length
        && Expressions.Zip(dumped.Expressions).All(p => p.First.IsIn(p.Second));

    private NftRule AnyBit(NftField field, uint bits, string text) => Load(field).Add($"{field.Text} {text}",
        NftExpression.Bitwise(0, 0, NftField.Native(bits), new byte[4]), NftExpression.Compare(0, false, new byte[4]));

    private NftRule Load(params ReadOnlySpan<NftField> fields)
    {
        var rule = this;
        foreach (var field in fields)
            if (field is { Requires: { } requires, Required: { } value } && field.Family != Table.Family)
                rule = rule.Settle(requires, value, "");
        var slot = 0;
        foreach (var field in fields)
        {
            rule = rule.Add("", field.Load(slot));
            slot += field.Type.PaddedSize / 4;
        }
        return rule;
    }

    private NftRule Settle(NftField field, byte[] value, string text) => Settled.Contains(field) ? this
        : Add(text, [.. field.Load(0), NftExpression.Compare(0, true, value)]) with { Settled = Settled.Add(field) };

    private NftRule Add(string text, params ReadOnlySpan<NftExpression> expressions) =>
        this with { Text = Text.Length == 0 || text.Length == 0 ? Text + text : $"{Text} {text}", Expressions = Expressions.AddRange(expressions) };

    private static string Join(ReadOnlySpan<NftField> fields)
    {
        var texts = new string[fields.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = fields[i].Text;
        return string.Join(" . ", texts);
    }

    private static string Not(bool not) => not ? "!= " : "";
}
