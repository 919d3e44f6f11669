namespace Vitrine.Cluster;

/// <summary>Manifests the tests apply.</summary>
public static class Pods
{
    private static string Examples { get; } = FindExamples();

    /// <summary>An example of chapter 1 as it is in the repository.</summary>
    public static string Example(string file) => Example("1-container-to-container", file);

    public static string Example(string chapter, string file) => File.ReadAllText(ExamplePath(chapter, file));

    public static string ExamplePath(string chapter, string file) => Path.Combine(Examples, chapter, file);

    public static string One(string name, string image, string command, string more = "") => $"""
        apiVersion: v1
        kind: Pod
        metadata: {"{"}name: {name}{"}"}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: {image}
            command: ["/bin/sh", "-c", {System.Text.Json.JsonSerializer.Serialize(command)}]
        {more}
        """;

    private static string FindExamples()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Vitrine.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run from a checkout");
        }

        return Path.Combine(folder, "examples");
    }
}
