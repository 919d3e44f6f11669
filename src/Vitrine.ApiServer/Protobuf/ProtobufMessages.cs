using System.Collections.Frozen;
using System.Globalization;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// The messages kubectl's typed commands send (create namespace, configmap, secret, serviceaccount; delete options):
/// those clients offer no JSON. Field numbers are those of upstream's generated.proto files.
/// </summary>
internal static class ProtobufMessages
{
    // message: number name type …; a star repeats, <> is a map, other types are messages of this table.
    private const string Table = """
        ObjectMeta: 1 name text, 2 generateName text, 3 namespace text, 4 selfLink text, 5 uid text, 6 resourceVersion text, 7 generation int, 8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds int, 11 labels <text>, 12 annotations <text>, 13 ownerReferences *OwnerReference, 14 finalizers *text
        OwnerReference: 1 kind text, 3 name text, 4 uid text, 5 apiVersion text, 6 controller bool, 7 blockOwnerDeletion bool
        ObjectReference: 1 kind text, 2 namespace text, 3 name text, 4 uid text, 5 apiVersion text, 6 resourceVersion text, 7 fieldPath text
        LocalObjectReference: 1 name text
        v1/Namespace: 1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus
        NamespaceSpec: 1 finalizers *text
        NamespaceStatus: 1 phase text
        v1/ConfigMap: 1 metadata ObjectMeta, 2 data <text>, 3 binaryData <base64>, 4 immutable bool
        v1/Secret: 1 metadata ObjectMeta, 2 data <base64>, 3 type text, 4 stringData <text>, 5 immutable bool
        v1/ServiceAccount: 1 metadata ObjectMeta, 2 secrets *ObjectReference, 3 imagePullSecrets *LocalObjectReference, 4 automountServiceAccountToken bool
        v1/Binding: 1 metadata ObjectMeta, 2 target ObjectReference
        coordination.k8s.io/v1/Lease: 1 metadata ObjectMeta, 2 spec LeaseSpec
        LeaseSpec: 1 holderIdentity text, 2 leaseDurationSeconds int, 3 acquireTime microtime, 4 renewTime microtime, 5 leaseTransitions int
        v1/DeleteOptions: 1 gracePeriodSeconds int, 2 preconditions Preconditions, 4 propagationPolicy text, 5 dryRun *text
        meta.k8s.io/v1/DeleteOptions: 1 gracePeriodSeconds int, 2 preconditions Preconditions, 4 propagationPolicy text, 5 dryRun *text
        Preconditions: 1 uid text, 2 resourceVersion text
        """;

    private static readonly FrozenDictionary<string, FrozenDictionary<int, ProtobufField>> s_messages = Table.Split('\n')
        .Select(static line => line.Split(':', 2))
        .ToFrozenDictionary(static parts => parts[0], static parts => Fields(parts[1]), StringComparer.Ordinal);

    /// <summary>Fields by number; null for a message that is not in the table. Kinds are named "apiVersion/Kind".</summary>
    public static FrozenDictionary<int, ProtobufField>? Find(string message) => s_messages.GetValueOrDefault(message);

    private static FrozenDictionary<int, ProtobufField> Fields(string text) => text.Split(',', StringSplitOptions.TrimEntries)
        .Select(static field => field.Split(' '))
        .ToFrozenDictionary(static words => int.Parse(words[0], CultureInfo.InvariantCulture), static words => Field(words[1], words[2]));

    private static ProtobufField Field(string name, string type)
    {
        bool repeated = type[0] == '*';
        return type.TrimStart('*') switch
        {
            "text" => new ProtobufField(name, ProtobufType.Text, repeated),
            "int" => new ProtobufField(name, ProtobufType.Integer, repeated),
            "bool" => new ProtobufField(name, ProtobufType.Boolean, repeated),
            "time" => new ProtobufField(name, ProtobufType.Time, repeated),
            "microtime" => new ProtobufField(name, ProtobufType.MicroTime, repeated),
            "<text>" => new ProtobufField(name, ProtobufType.TextMap),
            "<base64>" => new ProtobufField(name, ProtobufType.Base64Map),
            var message => new ProtobufField(name, ProtobufType.Message, repeated, message),
        };
    }
}
