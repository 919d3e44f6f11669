namespace Vitrine.ApiServer.Protobuf;

/// <summary>How a field is written in JSON.</summary>
internal enum ProtobufType
{
    Text,
    Base64,
    Integer,
    Boolean,

    /// <summary>metav1.Time, whole seconds.</summary>
    Time,

    /// <summary>metav1.MicroTime.</summary>
    MicroTime,
    Message,
    TextMap,
    Base64Map,
}
