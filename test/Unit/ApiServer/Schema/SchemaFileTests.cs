using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Vitrine.ApiServer.Schema;
using Xunit;

namespace Vitrine.Unit.ApiServer.Schema;

public class SchemaFileTests
{
    [Fact]
    public void The_schema_files_are_what_the_official_models_say()
    {
        var generated = new SchemaGenerator();
        if (Environment.GetEnvironmentVariable("VITRINE_REGENERATE") == "1")
        {
            File.WriteAllText(Path.Combine(Folder(), "schema.txt"), generated.Structure);
            using var to = File.Create(Path.Combine(Folder(), "descriptions.txt.br"));
            using var brotli = new BrotliStream(to, CompressionLevel.SmallestSize);
            brotli.Write(Encoding.UTF8.GetBytes(generated.Descriptions));
            return;
        }

        Assert.Equal(generated.Structure, Text(SchemaSet.OpenText()));
        Assert.Equal(generated.Descriptions, Text(Descriptions.OpenText()));
    }

    private static string Text(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../../src/Vitrine.ApiServer/Schema"));
}
