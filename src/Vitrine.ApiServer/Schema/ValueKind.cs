namespace Vitrine.ApiServer.Schema;

/// <summary>What a field may hold, as Kubernetes' Go types decode it.</summary>
internal enum ValueKind
{
    String,
    Bytes,
    Time,
    MicroTime,
    Int32,
    Int64,
    Double,
    Bool,
    Quantity,
    IntOrString,
    Any,
    Array,
    Map,
    Object,
}
