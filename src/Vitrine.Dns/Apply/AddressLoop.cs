using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Apply;

/// <summary>Keeps address and rules there, whoever takes them away: it hears of it from the kernel, and looks every half minute in case it did not.</summary>
internal sealed partial class AddressLoop : IDisposable
{
    private static readonly TimeSpan Fold = TimeSpan.FromMilliseconds(100), Look = TimeSpan.FromSeconds(30);
    private readonly DnsAddress address;
    private readonly RtnetlinkEvents links = RtnetlinkEvents.Open();
    private readonly NftEvents tables = NftEvents.Open();
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile DnsDetour? detour;
    private string told = "";

    /// <summary>Of the namespace of the calling thread.</summary>
    public AddressLoop(ImmutableArray<IPAddress> addresses, ILogger logger, TimeProvider time)
    {
        (this.logger, this.time) = (logger, time);
        address = new DnsAddress(addresses);
    }

    /// <summary>From now on, and in the kernel a moment later.</summary>
    public void Set(DnsDetour now)
    {
        detour = now;
        changed.Writer.TryWrite(true);
    }

    /// <inheritdoc cref="DnsAddress.Here"/>
    public void Here()
    {
        try
        {
            address.Here();
        }
        catch (LinuxException e)
        {
            Failed(e.Message);
        }
    }

    /// <inheritdoc cref="DnsAddress.Gone"/>
    public void Gone() => address.Gone();

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var heardOfLinks = HearLinksAsync(ct);
        var heardOfTables = HearTablesAsync(ct);
        var toldOfNodes = changed.Reader.ReadAsync(ct).AsTask();
        while (true)
        {
            Pass();
            var look = Task.Delay(Look, time, ct);
            var heard = await Task.WhenAny(heardOfLinks, heardOfTables, toldOfNodes, look).ConfigureAwait(false);
            await heard.ConfigureAwait(false);
            await Task.Delay(Fold, time, ct).ConfigureAwait(false);
            if (heard == toldOfNodes)
                toldOfNodes = changed.Reader.ReadAsync(ct).AsTask();
            if (heard == heardOfLinks)
                heardOfLinks = HearLinksAsync(ct);
            if (heard == heardOfTables)
                heardOfTables = HearTablesAsync(ct);
        }
    }

    public void Dispose()
    {
        address.Dispose();
        links.Dispose();
        tables.Dispose();
    }

    /// <summary>Once, now.</summary>
    public void Pass()
    {
        try
        {
            var saw = address.SeesSockets;
            address.Ensure(detour);
            if (saw && !address.SeesSockets)
                Alone();
            told = "";
        }
        catch (LinuxException e) when (e.Message != told)
        {
            told = e.Message;
            Failed(e.Message);
        }
        catch (LinuxException)
        {
            // Said already.
        }
    }

    private async Task HearLinksAsync(CancellationToken ct)
    {
        while (await links.ReadAsync(ct).ConfigureAwait(false) is { } events && !events.Any(e => e is { Removed: true, Subject: RtnetlinkSubject.Address }))
        {
        }
    }

    private async Task HearTablesAsync(CancellationToken ct)
    {
        while (await tables.ReadAsync(ct).ConfigureAwait(false) is { } names && !names.Contains(DnsAddress.Table))
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "this kernel has no nft_socket: while this agent is away its pods' questions are refused, instead of sent to another node's DNS")]
    private partial void Alone();

    [LoggerMessage(Level = LogLevel.Warning, Message = "the cluster's DNS address: {Reason}")]
    private partial void Failed(string reason);
}
