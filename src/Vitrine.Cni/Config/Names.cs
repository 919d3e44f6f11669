namespace Vitrine.Cni.Config;

/// <summary>
/// Names from outside, checked before any of them becomes part of a path or reaches the kernel. CVE-2021-20206 was a plugin type that held
/// <c>../</c>; container ids and network names here become file names and log lines.
/// </summary>
internal static class Names
{
    /// <summary>libcni's rule for container ids and network names: <c>^[a-zA-Z0-9][a-zA-Z0-9_.\-]*$</c>. The length keeps it one path component.</summary>
    internal static bool IsIdentifier(string? text) =>
        text is { Length: > 0 and <= 200 } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>
    /// dev_valid_name of net/core/dev.c, and ASCII without control characters: such names can be printed and split. No <c>%</c>: the kernel takes
    /// <c>eth%d</c> for a pattern and picks a name itself.
    /// </summary>
    internal static bool IsInterfaceName(string? text) =>
        text is { Length: > 0 and < 16 } and not "." and not ".." && text.All(static c => c is > ' ' and < '\x7f' and not '/' and not ':' and not '%');

    /// <summary>An absolute path without <c>.</c>, <c>..</c>, empty components or control characters.</summary>
    internal static bool IsCleanPath(string? text)
    {
        if (text is not { Length: > 1 and < 4096 } || text[0] != '/' || text.Any(char.IsControl))
            return false;
        return text[1..].Split('/').All(static part => part is not "" and not "." and not "..");
    }
}
