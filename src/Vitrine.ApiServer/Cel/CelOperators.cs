namespace Vitrine.ApiServer.Cel;

/// <summary>Arithmetic, which overflows into an error and never wraps, and comparison.</summary>
internal static class CelOperators
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["=="] = static (args, budget) => CelValues.AreEqual(args[0], args[1], budget),
        ["!="] = static (args, budget) => !CelValues.AreEqual(args[0], args[1], budget),
        ["<"] = static (args, budget) => Order(args, budget) < 0,
        ["<="] = static (args, budget) => Order(args, budget) <= 0,
        [">"] = static (args, budget) => Order(args, budget) > 0,
        [">="] = static (args, budget) => Order(args, budget) >= 0,
        ["in"] = In,
        ["!_"] = static (args, _) => args[0] is bool truth ? !truth : throw CelFault.NoOverload(),
        ["-_"] = static (args, _) => args[0] switch { long number => Checked(() => checked(-number)), double number => -number, TimeSpan span => Checked(() => -span), _ => throw CelFault.NoOverload() },
        ["+"] = Plus,
        ["-"] = static (args, _) => (args[0], args[1]) switch
        {
            (long a, long b) => Checked(() => checked(a - b)),
            (ulong a, ulong b) => Checked(() => checked(a - b)),
            (double a, double b) => a - b,
            (DateTimeOffset a, DateTimeOffset b) => a - b,
            (DateTimeOffset a, TimeSpan b) => Checked(() => a - b),
            (TimeSpan a, TimeSpan b) => Checked(() => a - b),
            _ => throw CelFault.NoOverload(),
        },
        ["*"] = static (args, _) => (args[0], args[1]) switch
        {
            // As objects: the three types have one in common, and it is not what is meant.
            (long a, long b) => (object)Checked(() => checked(a * b)),
            (ulong a, ulong b) => Checked(() => checked(a * b)),
            (double a, double b) => a * b,
            _ => throw CelFault.NoOverload(),
        },
        ["/"] = static (args, _) => (args[0], args[1]) switch
        {
            (long a, long b) => (object)Checked(() => a / b),
            (ulong a, ulong b) => Checked(() => a / b),
            (double a, double b) => a / b,
            _ => throw CelFault.NoOverload(),
        },
        ["%"] = static (args, _) => (args[0], args[1]) switch
        {
            (long, 0L) or (ulong, 0UL) => throw new CelFault("modulus by zero"),
            (long a, long b) => (object)(b == -1 ? 0L : a % b),
            (ulong a, ulong b) => a % b,
            _ => throw CelFault.NoOverload(),
        },
    };

    /// <summary>Overflow and division by zero are errors of the rule.</summary>
    internal static T Checked<T>(Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (DivideByZeroException)
        {
            throw new CelFault("division by zero");
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new CelFault("integer overflow");
        }
    }

    /// <summary>An order that is none, such as a NaN's, makes every comparison false.</summary>
    private static int? Order(object?[] args, CelBudget budget)
    {
        budget.Traverse(args[0] is string text ? text.Length : 0);
        return CelValues.Compare(args[0], args[1]) ?? (args[0] is double || args[1] is double ? null : throw CelFault.NoOverload());
    }

    private static object? Plus(object?[] args, CelBudget budget)
    {
        switch (args[0], args[1])
        {
            case (long a, long b):
                return Checked(() => checked(a + b));
            case (ulong a, ulong b):
                return Checked(() => checked(a + b));
            case (double a, double b):
                return a + b;
            case (string a, string b):
                budget.Traverse(a.Length + b.Length);
                return a + b;
            case (byte[] a, byte[] b):
                budget.Traverse(a.Length + b.Length);
                return (byte[])[.. a, .. b];
            case (CelList a, CelList b):
                return a.Plus(b, budget);
            case (DateTimeOffset a, TimeSpan b):
                return Checked(() => a + b);
            case (TimeSpan a, DateTimeOffset b):
                return Checked(() => b + a);
            case (TimeSpan a, TimeSpan b):
                return Checked(() => a + b);
            default:
                throw CelFault.NoOverload();
        }
    }

    private static object? In(object?[] args, CelBudget budget) => args[1] is CelList list
        ? list.Items.Any(item => CelValues.AreEqual(args[0], item, budget))
        : (CelMap.Of(args[1]) ?? throw CelFault.NoOverload()).Find(args[0], out _);
}
