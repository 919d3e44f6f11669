namespace Vitrine.ApiServer.Cel;

/// <summary>Names of fields that CEL cannot write are written another way (k8s.io/apiserver/pkg/cel: Escape): a-b as a__dash__b, namespace as __namespace__.</summary>
internal static class CelNames
{
    private static readonly HashSet<string> s_reserved = ["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"];
    private static readonly (string Written, string Meant)[] s_escapes = [("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/")];

    public static bool IsReserved(string name) => s_reserved.Contains(name);

    public static string Unescape(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal))
        {
            return name;
        }
        if (name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && name[2..^2] is var word && (IsReserved(word) || word is "true" or "false" or "null" or "in"))
        {
            return word;
        }
        var made = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            var (written, meant) = Array.Find(s_escapes, e => string.CompareOrdinal(name, i, e.Written, 0, e.Written.Length) == 0);
            made.Append(written is null ? name[i].ToString() : meant);
            i += written?.Length ?? 1;
        }
        return made.ToString();
    }
}
