namespace Vitrine.Fuzz;

/// <summary>A request body as YAML.</summary>
internal static class YamlFuzz
{
    public static string[] Seeds { get; } =
    [
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: c\n    image: i\n    args: [a, \"b\", 'c']\n",
        "a: &x {b: 1, <<: {c: 2}}\nd: *x\ne: |\n  text\nf: !!str 1\n",
        "metadata: {name: ~, labels: {a: yes, b: 0644, c: 1_000, d: 0x1f}}\n--- # two\n",
    ];

    public static void Parse(byte[] input) => JsonFuzz.Run(input, "application/yaml");
}
