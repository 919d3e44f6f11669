using System.Text;

namespace Vitrine.Agent.Pods;

/// <summary>$(NAME) in command, args and env: $$ is a dollar, and what is not known stays as written.</summary>
internal static class VariableExpansion
{
    public static string Expand(string text, Func<string, string?> lookup)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var expanded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                expanded.Append('$');
                i++;
            }
            else if (text[i + 1] == '(' && text.IndexOf(')', i + 2) is >= 0 and var end)
            {
                var name = text[(i + 2)..end];
                expanded.Append(lookup(name) ?? $"$({name})");
                i = end;
            }
            else
            {
                // A lone operator: keep it and go on with what follows.
                expanded.Append('$');
            }
        }

        return expanded.ToString();
    }
}
