using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Vitrine.Clusters;

/// <summary>
/// A kubeconfig as users have it: entries of one cluster are merged in and taken out the way kind does, everything else in
/// the file stays as it was (unknown fields included; only comments are lost, as with kubectl config).
/// </summary>
internal static class KubeconfigFile
{
    /// <summary>The file kubectl would write to: the first of $KUBECONFIG, or ~/.kube/config.</summary>
    public static string Default
    {
        get
        {
            var listed = (Environment.GetEnvironmentVariable("KUBECONFIG") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
            return listed.Length > 0 ? Path.GetFullPath(listed[0]) : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        }
    }

    /// <summary>A kubeconfig of one context, with certificates inline.</summary>
    public static string Render(string context, Uri server, string caPem, string certificatePem, string keyPem)
    {
        static string Inline(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
        return $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {context}
              cluster:
                certificate-authority-data: {Inline(caPem)}
                server: {server.ToString().TrimEnd('/')}
            contexts:
            - name: {context}
              context:
                cluster: {context}
                user: {context}
            users:
            - name: {context}
              user:
                client-certificate-data: {Inline(certificatePem)}
                client-key-data: {Inline(keyPem)}
            current-context: {context}
            preferences: {"{}"}

            """;
    }

    /// <summary>Puts the rendered entries into a file, replacing entries of the same name, and makes the context current.</summary>
    public static void Merge(string file, string rendered, string context)
    {
        var own = (YamlMappingNode)Parse("the new entries", rendered).Documents[0].RootNode;
        var target = ReadRoot(file);
        Put(target, "apiVersion", "v1");
        Put(target, "kind", "Config");
        foreach (var list in Lists)
        {
            var entries = Sequence(target, list);
            RemoveNamed(entries, context);
            entries.Add(((YamlSequenceNode)own[list]).Children[0]);
        }

        Put(target, "current-context", context);
        Save(file, target);
    }

    /// <summary>Takes a context's entries out of a file; a file or context that is not there is fine.</summary>
    public static void Remove(string file, string context)
    {
        if (!File.Exists(file))
        {
            return;
        }

        var target = ReadRoot(file);
        foreach (var list in Lists)
        {
            RemoveNamed(Sequence(target, list), context);
        }

        if (target.Children.TryGetValue("current-context", out var current) && current is YamlScalarNode { Value: var value } && value == context)
        {
            Put(target, "current-context", "");
        }

        Save(file, target);
    }

    private static readonly string[] Lists = ["clusters", "contexts", "users"];

    private static YamlMappingNode ReadRoot(string file)
    {
        if (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            return [];
        }

        var stream = Parse(file, File.ReadAllText(file));
        return stream.Documents.Count == 0 ? [] : stream.Documents[0].RootNode as YamlMappingNode
            ?? throw new CommandFailure($"{file} is no kubeconfig: it is not a mapping", "mend it, or pass --kubeconfig FILE");
    }

    private static YamlStream Parse(string what, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new CommandFailure($"{what} is no YAML: {e.Message}", "mend it, or pass --kubeconfig FILE");
        }

        return stream;
    }

    private static YamlSequenceNode Sequence(YamlMappingNode root, string key)
    {
        if (root.Children.TryGetValue(key, out var node) && node is YamlSequenceNode found)
        {
            return found;
        }

        var made = new YamlSequenceNode();
        root.Children[key] = made;
        return made;
    }

    private static void RemoveNamed(YamlSequenceNode entries, string name)
    {
        foreach (var entry in entries.OfType<YamlMappingNode>().Where(e => e.Children.TryGetValue("name", out var n) && n is YamlScalarNode { Value: var v } && v == name).ToArray())
        {
            entries.Children.Remove(entry);
        }
    }

    private static void Put(YamlMappingNode root, string key, string value) => root.Children[key] = new YamlScalarNode(value) { Style = value.Length == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };

    private static void Save(string file, YamlMappingNode root)
    {
        var text = new StringWriter();
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        var body = text.ToString();

        // A linked kubeconfig stays a link.
        var real = File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file : file;

        // YamlStream ends a document with "...", which kubectl reads but people wonder about.
        PrivateFile.Write(real, body.EndsWith("...\n", StringComparison.Ordinal) ? body[..^4] : body);
    }
}
