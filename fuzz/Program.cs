// Usage: Vitrine.Fuzz [seconds a parser] [seed] [parser]. Prints the input, base64, that broke a parser; exits 1.
using System.Diagnostics;
using System.Globalization;
using Vitrine.Fuzz;

var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
foreach (var (name, seeds, parse) in ((string, string[], Action<byte[]>)[])[
    ("json", JsonFuzz.Seeds, JsonFuzz.Parse),
    ("yaml", YamlFuzz.Seeds, YamlFuzz.Parse),
    ("patch", PatchFuzz.Seeds, PatchFuzz.Parse),
    ("quantity", QuantityFuzz.Seeds, QuantityFuzz.Parse),
    ("roles", RoleFuzz.Seeds, RoleFuzz.Parse),
    ("audit", AuditFuzz.Seeds, AuditFuzz.Parse),
    ("token", TokenFuzz.Seeds, TokenFuzz.Parse),
    ("dns", DnsFuzz.Seeds, DnsFuzz.Parse),
    ("neighbour", NeighbourFuzz.Seeds, NeighbourFuzz.Parse),
    ("ingress", IngressFuzz.Seeds, IngressFuzz.Parse),
    ("gateway", GatewayFuzz.Seeds, GatewayFuzz.Parse),
    ("http1", Http1Fuzz.Seeds, Http1Fuzz.Parse),
    ("manifest", ManifestFuzz.Seeds, ManifestFuzz.Parse),
    ("cel", CelFuzz.Seeds, CelFuzz.Parse),
    ("definition", DefinitionFuzz.Seeds, DefinitionFuzz.Parse),
    ("snapshot", SnapshotFuzz.Seeds, SnapshotFuzz.Parse),
    ("policy", PolicyFuzz.Seeds, PolicyFuzz.Parse),
    ("list", ListFuzz.Seeds, ListFuzz.Parse)])
{
    if (args.Length > 2 && args[2] != name)
        continue;
    var random = new Random(seed);
    var clock = Stopwatch.StartNew();
    var count = 0;
    for (; clock.Elapsed.TotalSeconds < seconds; count++)
    {
        var input = Mutation.Of(seeds, random);
        try
        {
            parse(input);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"{name}: {e}\ninput: {Convert.ToBase64String(input)}");
            return 1;
        }
    }
    Console.WriteLine($"{name}: {count} inputs, seed {seed}");
}
return 0;
