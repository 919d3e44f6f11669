using System.Text;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>Just enough of protobuf's wire format: strings, booleans and nested messages.</summary>
internal sealed class ProtobufWriter
{
    private readonly MemoryStream bytes = new();

    /// <summary>Absent and empty are the same in proto3.</summary>
    public void Text(int field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Block(field, Encoding.UTF8.GetBytes(text));
        }
    }

    public void Flag(int field, bool flag)
    {
        if (flag)
        {
            Varint((uint)field << 3);
            Varint(1);
        }
    }

    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Block(field, inner.ToArray());
    }

    public byte[] ToArray() => bytes.ToArray();

    private void Block(int field, byte[] content)
    {
        Varint(((uint)field << 3) | 2);
        Varint((uint)content.Length);
        bytes.Write(content);
    }

    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }
        bytes.WriteByte((byte)value);
    }
}
