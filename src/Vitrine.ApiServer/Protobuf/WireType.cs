namespace Vitrine.ApiServer.Protobuf;

/// <summary>The low three bits of a tag (protobuf.dev, "Encoding"). Groups are deprecated but may still be skipped.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}
