using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>What is in the table, for people and for comparison: a front end a line, its backends below, in the order and the words of a plan's text.</summary>
internal static class ServiceTableText
{
    internal static string Write(ServiceSkeleton skeleton, ServiceContents contents)
    {
        var text = new StringBuilder();
        var bySet = contents.Elements.ToLookup(e => e.Set, e => e.Element);
        foreach (var family in skeleton.Families)
        {
            foreach (var range in bySet[family.Pods].OrderBy(e => e.Key))
                text.Append($"pods {new IPAddress(range.Key.Bytes)}-{new IPAddress((range.Last ?? range.Key).Bytes)}{(bySet[family.OwnPods].Any(o => o.Key.Equals(range.Key)) ? " own" : "")}\n");
            var backends = bySet[family.Backends].ToLookup(e => Number(e.Key.Bytes), Backend);
            var sticky = bySet[family.Sticky].ToDictionary(e => Number(e.Key.Bytes), Backend);
            var slots = bySet[family.Slots].ToLookup(e => Number(e.Key.Bytes), e => sticky.GetValueOrDefault(Number(e.Value!.Value.Bytes)));
            var outside = bySet[family.Outside].Concat(bySet[family.NodePortsOutside]).ToDictionary(e => Key(family, e.Key.Bytes));
            foreach (var (key, element) in bySet[family.Services].Concat(bySet[family.NodePorts]).Select(e => (Key(family, e.Key.Bytes), e)).OrderBy(e => e.Item1))
            {
                text.Append($"{key}{Sources(bySet[family.Sources], element.Key, key)} # {element.Comment}\n");
                if (!outside.TryGetValue(key, out var other))
                    Lines("", element);
                else
                {
                    Lines("inside ", element);
                    Lines("outside ", other);
                }
            }

            void Lines(string whose, NftElement element)
            {
                var value = Number(element.Value!.Value.Bytes);
                if (value is ServiceValue.Reject or ServiceValue.RejectPort or ServiceValue.Drop)
                    text.Append($"  {whose}{(value == ServiceValue.Drop ? "drop" : "reject")}\n");
                foreach (var (end, comment) in backends[ServiceValue.Group(value)].Concat(slots[ServiceValue.Group(value)]).OrderBy(b => new FrontEndKey(b.End.Address, 0, (ushort)b.End.Port)))
                    text.Append($"  {whose}{end} # {comment}\n");
            }
        }
        return text.ToString();
    }

    private static string Sources(IEnumerable<NftElement> sources, NftKey frontEnd, FrontEndKey key)
    {
        var size = frontEnd.Bytes.Length;
        var own = key.IsNodePort ? [] : sources.Where(s => s.Key.Bytes[..size].SequenceEqual(frontEnd.Bytes)).OrderBy(s => s.Key)
            .Select(s => $"{new IPAddress(s.Key.Bytes[size..])}-{new IPAddress((s.Last ?? s.Key).Bytes[size..])}").ToArray();
        return own.Length == 0 ? "" : $" only from {string.Join(' ', own)}";
    }

    private static FrontEndKey Key(ServiceFamily family, ReadOnlySpan<byte> key)
    {
        var rest = key[^8..];
        var (protocol, port) = (rest[0], BinaryPrimitives.ReadUInt16BigEndian(rest[4..]));
        return key.Length == 8 ? FrontEndKey.NodePort(family.Family, protocol, port) : new FrontEndKey(new IPAddress(key[..^8]), protocol, port);
    }

    private static (IPEndPoint End, string? Comment) Backend(NftElement element)
    {
        var bytes = element.Value!.Value.Bytes;
        return (new IPEndPoint(new IPAddress(bytes[..^4]), BinaryPrimitives.ReadUInt16BigEndian(bytes[^4..])), element.Comment);
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes);
}
