using System.Text;

namespace Vitrine.Fuzz;

/// <summary>A seed with bytes changed, cut, repeated, or crossed with another.</summary>
internal static class Mutation
{
    private static readonly byte[] Tokens = "{}[]:,\"'\\/-.~$&*<!|#% \n\t0189eEnuml\0\x7f"u8.ToArray();

    public static byte[] Of(string[] seeds, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]).ToList();
        for (var i = random.Next(1, 8); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = Tokens[random.Next(Tokens.Length)];
                    break;
                case 2:
                    bytes.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(40)).ToArray());
                    break;
                default:
                    var other = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
                    bytes.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
            }
        }
        return [.. bytes];
    }
}
