using System.Globalization;
using System.Text;

namespace Vitrine.Agent.Containerd;

/// <summary>A TOML basic string (https://toml.io/en/v1.0.0#string), quotes included.</summary>
internal static class TomlString
{
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"", value.Length + 2);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
