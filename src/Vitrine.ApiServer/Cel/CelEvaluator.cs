using System.Runtime.CompilerServices;

namespace Vitrine.ApiServer.Cel;

/// <summary>A variable, and those around it.</summary>
internal sealed record CelScope(string Name, object? Value, CelScope? Outer);

/// <summary>Evaluates checked expressions. Every step is paid for, so that none goes on for ever. Throws <see cref="CelFault"/>.</summary>
internal sealed class CelEvaluator(CelBudget budget)
{
    public object? Evaluate(CelNode node, CelScope? scope)
    {
        budget.Spend(1);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new CelFault("the expression is nested too deep");
        }
        return node switch
        {
            CelLiteral literal => literal.Value,
            CelName name => Name(name.Name, scope),
            CelSelect select => Select(select, Evaluate(select.Of, scope)),
            CelIndex index => Index(index, Evaluate(index.Of, scope), Evaluate(index.Key, scope)),
            CelCall call => CelFunctions.Call(call.Function, [.. call.Arguments.Select(argument => Evaluate(argument, scope))], budget),
            CelLogic logic => Logic(logic, scope),
            CelChoice choice => Evaluate(choice.Test, scope) is bool test ? Evaluate(test ? choice.Yes : choice.No, scope) : throw CelFault.NoOverload(),
            CelListLiteral list => new CelList([.. list.Items.Select(item => Evaluate(item, scope))]),
            CelMapLiteral map => new CelMap(map.Entries.Select(entry => KeyValuePair.Create(
                Evaluate(entry.Key, scope) is (bool or long or ulong or string) and var key ? key! : throw new CelFault("unsupported key type"), Evaluate(entry.Value, scope)))),
            CelFold { Macro: "optMap" or "optFlatMap" } fold => Bind(fold, scope),
            CelFold fold => Fold(fold, scope),
            _ => throw new CelFault("unknown expression"),
        };
    }

    private static object? Name(string name, CelScope? scope)
    {
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.Name == name)
            {
                return scope.Value;
            }
        }
        return new CelTypeName(name);
    }

    private static object? Select(CelSelect select, object? of)
    {
        if (of is CelOptional optional)
        {
            return !optional.HasValue ? select.Mode == SelectMode.Test ? false : CelOptional.None : Select(select with { Mode = select.Mode == SelectMode.Test ? SelectMode.Test : SelectMode.Optional }, optional.Value);
        }
        object? value = null;
        var found = of switch
        {
            CelObject whole => whole.TryGet(select.Field, out value),
            CelMap map => map.Find(select.Field, out value),
            _ => throw CelFault.NoOverload(),
        };
        return select.Mode switch
        {
            SelectMode.Test => found,
            SelectMode.Optional => found ? CelOptional.Of(value) : CelOptional.None,
            _ => found ? value : throw new CelFault($"no such key: {select.Field}"),
        };
    }

    private static object? Index(CelIndex index, object? of, object? key)
    {
        if (of is CelOptional optional)
        {
            return optional.HasValue ? Index(index with { IsOptional = true }, optional.Value, key) : CelOptional.None;
        }
        object? value = null;
        bool found;
        if (of is CelList list)
        {
            var at = key switch { long number => number, ulong number and <= long.MaxValue => (long)number, double number when number == Math.Floor(number) => (long)number, _ => throw CelFault.NoOverload() };
            found = at >= 0 && at < list.Items.Count;
            value = found ? list.Items[(int)at] : null;
            if (!found && !index.IsOptional)
            {
                throw new CelFault($"index out of bounds: {at}");
            }
        }
        else
        {
            found = (CelMap.Of(of) ?? throw CelFault.NoOverload()).Find(key, out value);
        }
        return index.IsOptional ? found ? CelOptional.Of(value) : CelOptional.None : found ? value : throw new CelFault($"no such key: {key}");
    }

    /// <summary>The side that decides does so although the other fails.</summary>
    private bool Logic(CelLogic logic, CelScope? scope)
    {
        CelFault? failed = null;
        foreach (var side in (ReadOnlySpan<CelNode>)[logic.Left, logic.Right])
        {
            try
            {
                if ((Evaluate(side, scope) is bool truth ? truth : throw CelFault.NoOverload()) != logic.IsAnd)
                {
                    return !logic.IsAnd;
                }
            }
            catch (CelFault fault) when (fault is not CelCostFault)
            {
                // An exception costs about as much as a hundred steps.
                budget.Spend(100);
                failed = fault;
            }
        }
        return failed is null ? logic.IsAnd : throw failed;
    }

    private object? Bind(CelFold fold, CelScope? scope)
    {
        var range = Evaluate(fold.Range, scope) as CelOptional ?? throw CelFault.NoOverload();
        if (!range.HasValue)
        {
            return CelOptional.None;
        }
        var made = Evaluate(fold.Step, new CelScope(fold.Variable, range.Value, scope));
        return fold.Macro == "optMap" ? CelOptional.Of(made) : made;
    }

    private object? Fold(CelFold fold, CelScope? scope)
    {
        var made = new List<object?>();
        var entries = new List<KeyValuePair<object, object?>>();
        var count = 0;
        CelFault? failed = null;
        foreach (var (key, element) in Elements(fold, Evaluate(fold.Range, scope)))
        {
            var inner = fold.Value is null ? new CelScope(fold.Variable, element, scope) : new CelScope(fold.Value, element, new CelScope(fold.Variable, key, scope));
            if (fold.Macro is "map" or "transformList" or "transformMap" or "transformMapEntry")
            {
                if (fold.Filter is null || Truth(fold.Filter, inner))
                {
                    Take(fold.Macro, key, Evaluate(fold.Step, inner), made, entries);
                }
                continue;
            }
            try
            {
                var holds = Truth(fold.Step, inner);
                if (fold.Macro is "all" or "exists" && holds != (fold.Macro == "all"))
                {
                    return holds;
                }
                count += holds ? 1 : 0;
                if (holds)
                {
                    made.Add(element);
                }
            }
            catch (CelFault fault) when (fault is not CelCostFault && fold.Macro is ("all" or "exists"))
            {
                budget.Spend(100);
                failed = fault;
            }
        }
        return failed is not null ? throw failed : fold.Macro switch
        {
            "all" => true,
            "exists" => false,
            "exists_one" => count == 1,
            "transformMap" or "transformMapEntry" => new CelMap(entries),
            _ => new CelList(made),
        };
    }

    /// <summary>Index and item of a list, key and value of a map; with one variable the elements of a map are its keys.</summary>
    private static IEnumerable<(object Key, object? Element)> Elements(CelFold fold, object? range)
    {
        if (range is CelList list)
        {
            return list.Items.Select(static (item, i) => ((object)(long)i, item));
        }
        var map = CelMap.Of(range) ?? throw CelFault.NoOverload();
        return map.Keys.Select(key => (key, fold.Value is null || !map.Find(key, out var value) ? key : value));
    }

    private void Take(string macro, object key, object? step, List<object?> made, List<KeyValuePair<object, object?>> entries)
    {
        switch (macro)
        {
            case "transformMap":
                entries.Add(KeyValuePair.Create(key, step));
                break;
            case "transformMapEntry":
                var map = CelMap.Of(step) ?? throw CelFault.NoOverload();
                budget.Traverse(map.Count);
                entries.AddRange(map.Keys.Select(own => KeyValuePair.Create(own, map.Find(own, out var value) ? value : null)));
                break;
            default:
                made.Add(step);
                break;
        }
    }

    private bool Truth(CelNode node, CelScope scope) => Evaluate(node, scope) is bool truth ? truth : throw CelFault.NoOverload();
}
