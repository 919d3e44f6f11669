using System.Text;
using Vitrine.ApiServer.Objects;

namespace Vitrine.Fuzz;

/// <summary>Resource quantities: what parses also parses from its canonical form, to the same.</summary>
internal static class QuantityFuzz
{
    public static string[] Seeds { get; } = ["0.5", "1024Mi", "1e3", "-5m", "+1.25Gi", "100n", "1E-9"];

    public static void Parse(byte[] input)
    {
        if (Quantity.TryParse(Encoding.Latin1.GetString(input), out var quantity)
            && (!Quantity.TryParse(quantity.ToString(), out var again) || again.ToString() != quantity.ToString()))
        {
            throw new InvalidOperationException($"{quantity} is not canonical");
        }
    }
}
