using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>Traffic control: a token bucket for what a link sends, and for what it receives a detour by an ifb, where a bucket can be.</summary>
public sealed partial class RtnetlinkBatch
{
    /// <summary>Creates an intermediate functional block, down: what is redirected to it is queued there and then received as before.</summary>
    public RtnetlinkBatch CreateIfb(string name, int mtu)
    {
        BeginLink(Rtnl.RTM_NEWLINK, Create, 0, name, $"create ifb {name}");
        WriteEnd(null, mtu);
        var linkInfo = writer.BeginNest(Rtnl.IFLA_LINKINFO);
        writer.Attribute(Rtnl.IFLA_INFO_KIND, "ifb");
        writer.EndNest(linkInfo);
        return this;
    }

    /// <summary>Makes a token bucket filter (tc-tbf(8)) the root of what the link sends, in place of what was there.</summary>
    public RtnetlinkBatch ReplaceTokenBucket(int linkIndex, RateLimit limit)
    {
        BeginTraffic(Tc.RTM_NEWQDISC, Replace, linkIndex, Tc.RootHandle, Tc.TC_H_ROOT, 0, $"limit link {linkIndex} to {limit.BytesPerSecond} bytes/s");
        writer.Attribute(Tc.TCA_KIND, "tbf");
        var options = writer.BeginNest(Tc.TCA_OPTIONS);
        Span<byte> parameters = stackalloc byte[Tc.TbfQoptSize];
        parameters.Clear();
        // struct tc_ratespec: cell_log, linklayer, overhead (2), cell_align (2), mpu (2), rate (4); a second one for the peak; limit; buffer; mtu.
        parameters[1] = Tc.TC_LINKLAYER_ETHERNET;
        MemoryMarshal.Write(parameters[8..], (uint)Math.Min(limit.BytesPerSecond, uint.MaxValue));
        MemoryMarshal.Write(parameters[24..], limit.QueueBytes);
        writer.Attribute(Tc.TCA_TBF_PARMS, parameters);
        if (limit.BytesPerSecond > uint.MaxValue)
        {
            Span<byte> rate = stackalloc byte[sizeof(ulong)];
            MemoryMarshal.Write(rate, limit.BytesPerSecond);
            writer.Attribute(Tc.TCA_TBF_RATE64, rate);
        }
        writer.Attribute(Tc.TCA_TBF_BURST, limit.BurstBytes);
        writer.EndNest(options);
        return this;
    }

    /// <summary>Sends all that a link receives to another's queue (an ifb's), before anything else sees it.</summary>
    public RtnetlinkBatch RedirectReceived(int linkIndex, int toIndex)
    {
        BeginTraffic(Tc.RTM_NEWQDISC, Create, linkIndex, Tc.IngressHandle, Tc.TC_H_INGRESS, 0, $"add ingress queue to link {linkIndex}");
        writer.Attribute(Tc.TCA_KIND, "ingress");

        var protocol = BinaryPrimitives.ReverseEndianness(Tc.ETH_P_ALL);
        BeginTraffic(Tc.RTM_NEWTFILTER, Create, linkIndex, 0, Tc.IngressHandle, 1u << 16 | protocol, $"redirect what link {linkIndex} receives to {toIndex}");
        writer.Attribute(Tc.TCA_KIND, "u32");
        var options = writer.BeginNest(Tc.TCA_OPTIONS);
        // struct tc_u32_sel with one key of mask 0 and value 0: every packet.
        Span<byte> everything = stackalloc byte[Tc.U32SelOneKeySize];
        everything.Clear();
        everything[0] = Tc.TC_U32_TERMINAL;
        everything[2] = 1;
        writer.Attribute(Tc.TCA_U32_SEL, everything);
        var actions = writer.BeginNest(Tc.TCA_U32_ACT);
        var first = writer.BeginNest(1);
        writer.Attribute(Tc.TCA_ACT_KIND, "mirred");
        var action = writer.BeginNest(Tc.TCA_ACT_OPTIONS);
        // struct tc_mirred: index, capab, action, refcnt, bindcnt, eaction, ifindex.
        Span<byte> redirect = stackalloc byte[Tc.MirredSize];
        redirect.Clear();
        MemoryMarshal.Write(redirect[8..], Tc.TC_ACT_STOLEN);
        MemoryMarshal.Write(redirect[20..], Tc.TCA_EGRESS_REDIR);
        MemoryMarshal.Write(redirect[24..], toIndex);
        writer.Attribute(Tc.TCA_MIRRED_PARMS, redirect);
        writer.EndNest(action);
        writer.EndNest(first);
        writer.EndNest(actions);
        writer.EndNest(options);
        return this;
    }

    /// <summary>struct tcmsg: family, 3 bytes of padding, ifindex, handle, parent, info.</summary>
    private void BeginTraffic(ushort type, ushort flags, int linkIndex, uint handle, uint parent, uint info, string what)
    {
        var message = Begin(type, flags, Tc.TcmsgSize, what);
        MemoryMarshal.Write(message[4..], linkIndex);
        MemoryMarshal.Write(message[8..], handle);
        MemoryMarshal.Write(message[12..], parent);
        MemoryMarshal.Write(message[16..], info);
    }
}
