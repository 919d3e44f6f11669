using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// The cluster as a node's agent knew it last, in a <see cref="StateFile"/>: of that as much as DNS and the addresses a node answers for are made of, since tables of the kernel keep
/// themselves. Endpoints only of Services whose names or addresses depend on them.
/// </summary>
public static class SnapshotFile
{
    /// <summary>Its name in a node's folder of volatile files.</summary>
    public const string Name = "cluster.json";

    private const WatchedKinds Kinds = WatchedKinds.Nodes | WatchedKinds.Namespaces | WatchedKinds.Services | WatchedKinds.Slices;

    /// <summary>Keeps the file as the watch has it, once it has all of it, until cancelled.</summary>
    /// <param name="path">of the file</param>
    /// <param name="watch">not yet running: it is subscribed to here</param>
    /// <param name="failed">hears why it could not be written</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static Task KeepAsync(string path, AgentWatch watch, Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        var feed = watch.Subscribe(Kinds);
        return StateRounds.RunAsync(
            end => feed.Signal.Reader.ReadAsync(end).AsTask(), () => feed.Take() is { } known ? WriteAsync(path, known.Snapshot) : Task.CompletedTask, why => failed($"{path} is not kept: {why}"), time, ct);
    }

    public static Task WriteAsync(string path, ClusterSnapshot snapshot) => StateFile.ReplaceAsync(path, file => JsonSerializer.SerializeAsync(file, KeptCluster.Of(snapshot), SnapshotJson.Default.KeptCluster));

    /// <summary>Null where there is none, or none that can be read: the API is waited for then.</summary>
    public static ClusterSnapshot? Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllBytes(path)) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    internal static ClusterSnapshot? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            // Of what is written nothing is null, and in lists that is not looked after by the reader.
            for (var reader = new Utf8JsonReader(json); reader.Read();)
                if (reader.TokenType == JsonTokenType.Null)
                    return null;
            return JsonSerializer.Deserialize(json, SnapshotJson.Default.KeptCluster)?.Snapshot();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What is written.</summary>
internal sealed record KeptCluster(ImmutableArray<Node> Nodes, ImmutableArray<Namespace> Namespaces, ImmutableArray<Service> Services, ImmutableArray<EndpointSlice> Slices)
{
    public static KeptCluster Of(ClusterSnapshot snapshot) => new(
        [.. snapshot.Nodes.Values], [.. snapshot.Namespaces.Values], [.. snapshot.Services.Values.Select(s => s with { Selector = ImmutableDictionary<string, string>.Empty, Settings = ImmutableDictionary<string, string>.Empty })],
        [.. snapshot.Services.Values.Where(s => s.Headless || s.Type == ServiceType.LoadBalancer).SelectMany(s => snapshot.SlicesOf(s.Key).Values)]);

    public ClusterSnapshot Snapshot()
    {
        var snapshot = new ClusterSnapshot
        {
            Nodes = Nodes.DistinctBy(n => n.Name).ToImmutableDictionary(n => n.Name),
            Namespaces = Namespaces.DistinctBy(n => n.Name).ToImmutableDictionary(n => n.Name),
            Services = Services.DistinctBy(s => s.Key).ToImmutableDictionary(s => s.Key),
        };
        return Slices.Aggregate(snapshot, (all, slice) => all.With(slice));
    }
}

/// <summary>Records of a snapshot as JSON, without reflection. What can be computed of the rest is not written.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, UseStringEnumConverter = true, Converters = [typeof(AddressJson), typeof(RangeJson)])]
[JsonSerializable(typeof(KeptCluster))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
