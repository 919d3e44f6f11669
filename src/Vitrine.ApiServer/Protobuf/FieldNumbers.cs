using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// Protobuf field numbers of the API's types, from field-numbers.txt. A line is a type's full name and its fields,
/// <c>name=number</c>, where <c>!</c> ends a field that <see cref="NumberedField.KeepsZero"/> and <c>&gt;</c> starts one
/// that <see cref="NumberedField.IsInlined"/>. The numbers are upstream's wire contract: they never change, only grow.
/// </summary>
internal static class FieldNumbers
{
    // A type's line is looked up at its first use: an idle server holds none, and a ConfigMap needs three of them.
    private static readonly ConcurrentDictionary<string, FrozenDictionary<int, NumberedField>> Read = new();

    /// <summary>Empty for a type that upstream had not when the file was made: its fields are then skipped.</summary>
    public static FrozenDictionary<int, NumberedField> Of(string type) => Read.GetOrAdd(type, Find);

    public static Stream OpenText() => typeof(FieldNumbers).Assembly.GetManifestResourceStream("field-numbers.txt")!;

    private static FrozenDictionary<int, NumberedField> Find(string type)
    {
        using var reader = new StreamReader(OpenText());
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > type.Length && line[type.Length] == ' ' && line.StartsWith(type, StringComparison.Ordinal))
            {
                return line.Split(' ').Skip(1).Select(Parse).ToFrozenDictionary();
            }
        }
        return FrozenDictionary<int, NumberedField>.Empty;
    }

    private static KeyValuePair<int, NumberedField> Parse(string word)
    {
        var parts = word.TrimEnd('!').Split('=');
        var inlined = parts[0][0] == '>';
        return new(
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            new NumberedField(inlined ? parts[0][1..] : parts[0], inlined, word[^1] == '!'));
    }
}
