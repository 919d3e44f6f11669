namespace Vitrine.ApiServer.Protobuf;

/// <summary>One field of a message in the generated.proto files of k8s.io/api and k8s.io/apimachinery.</summary>
/// <param name="Name">The JSON name.</param>
/// <param name="Message">Name of the message type, for messages.</param>
internal sealed record ProtobufField(string Name, ProtobufType Type, bool Repeated = false, string? Message = null);
