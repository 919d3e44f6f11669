using System.IO.Compression;

namespace Vitrine.ApiServer.Schema;

/// <summary>
/// What upstream says of types and fields. Compressed in the assembly and read only while an OpenAPI document is
/// written, so that an idle server does not hold the text.
/// </summary>
internal sealed class Descriptions
{
    private readonly Dictionary<string, string> byPath = [];

    /// <summary>"" when upstream says nothing.</summary>
    public string Of(SchemaType type) => byPath.GetValueOrDefault(type.Name, "");

    public string Of(SchemaType type, SchemaField field) => byPath.GetValueOrDefault(type.Name + " " + field.Name, "");

    public static Stream OpenText() => new BrotliStream(
        typeof(Descriptions).Assembly.GetManifestResourceStream("descriptions.txt.br")!, CompressionMode.Decompress);

    /// <summary>Lines of <c>type TAB text</c> and <c>type SPACE field TAB text</c>; \n inside a text is written as such.</summary>
    public static Descriptions Read()
    {
        var read = new Descriptions();
        using var reader = new StreamReader(OpenText());
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            read.byPath[line[..tab]] = line[(tab + 1)..].Replace("\\n", "\n", StringComparison.Ordinal);
        }
        return read;
    }
}
