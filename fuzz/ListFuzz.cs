using System.Text.Json;
using Vitrine.Model.Watching;

namespace Vitrine.Fuzz;

/// <summary>Lists of the API: read whole or in small pieces they come to the same, or to a JsonException.</summary>
internal static class ListFuzz
{
    public static string[] Seeds { get; } =
    [
        """{"metadata":{"resourceVersion":"7","continue":"x"},"items":[{"metadata":{"namespace":"default","name":"p","uid":"u","labels":{"app":"web"},"ownerReferences":[{"uid":"o","controller":true}]},"spec":{"nodeName":"n","containers":[{"name":"c","ports":[{"containerPort":80,"protocol":"UDP"}]}]},"status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],"conditions":[{"type":"Ready","status":"True"}]}}]}""",
        """{"items":[{"metadata":{"name":"s","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","ports":[{"name":"","port":80}],"endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true},"topology":{"kubernetes.io/hostname":"n"},"hints":{"forZones":[{"name":"z"}]}}]}],"metadata":{"resourceVersion":"1"}}""",
        """{"items":null,"metadata":{"resourceVersion":"1"}}""",
    ];

    public static void Parse(byte[] input)
    {
        var (whole, pieces) = (Read(input, int.MaxValue), Read(input, 7));
        if (whole != pieces)
            throw new InvalidOperationException($"whole: {whole}\nin pieces: {pieces}");
    }

    private static string Read(byte[] input, int atOnce)
    {
        var lean = new LeanReader();
        var items = new List<string>();
        var reader = new ListReader<string>(e => $"{lean.Pod(e)} {lean.Slice(e)}", items);
        try
        {
            reader.ReadAsync(new Pieces(input, atOnce), CancellationToken.None).GetAwaiter().GetResult();
            return $"{reader.Version} {reader.Continue} {string.Join('\n', items)}";
        }
        catch (JsonException)
        {
            return "no list";
        }
    }

    private sealed class Pieces(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, atOnce)], cancellationToken);
    }
}
