namespace Vitrine.Agent.Streaming.Spdy;

/// <summary>Data of one stream, its end, or both.</summary>
internal readonly record struct SpdyMessage(uint StreamId, ReadOnlyMemory<byte> Bytes, bool End);
