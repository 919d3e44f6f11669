using System.Text;
using Vitrine.Linux.Neighbours;

namespace Vitrine.Fuzz;

/// <summary>Frames from the link: ARP requests and neighbour solicitations. Read as Latin-1, a character an octet.</summary>
internal static class NeighbourFuzz
{
    internal static readonly string[] Seeds =
    [
        "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x01\x0a\x00\x01\x01\x00\x00\x00\x00\x00\x00\x0a\x00\x01\xc8",
        "\x33\x33\xff\x00\x02\x00\x02\x00\x00\x00\x00\x01\x86\xdd\x60\x00\x00\x00\x00\x20\x3a\xff" + "0123456789abcdef0123456789abcdef" + "\x87\x00\x00\x00\x00\x00\x00\x00" + "0123456789abcdef",
    ];

    internal static void Parse(byte[] text)
    {
        var input = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(text));
        if (ArpPacket.ReadRequest(input) is { } asked)
            _ = ArpPacket.Answer(asked.Target, asked.SenderMac, asked.Sender, asked.SenderMac);
        if (NeighbourPacket.ReadSolicitation(input) is { } solicited)
            _ = NeighbourPacket.Answer(solicited.Target, solicited.SenderMac, solicited.Sender, solicited.SenderMac);
    }
}
