using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Definitions;

/// <summary>Syntax of what definitions name.</summary>
internal static partial class DefinitionSyntax
{
    private const string Regex1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";

    /// <summary>A label that does not start with a digit (RFC 1035), in the words of k8s.io/apimachinery pkg/util/validation.</summary>
    public static IEnumerable<string> Label1035(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > 63)
        {
            yield return "must be no more than 63 bytes";
        }
        if (!Is1035().IsMatch(name))
        {
            yield return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '" + Regex1035 + "')";
        }
    }

    [GeneratedRegex("^" + Regex1035 + @"\z", RegexOptions.NonBacktracking)]
    private static partial Regex Is1035();
}
