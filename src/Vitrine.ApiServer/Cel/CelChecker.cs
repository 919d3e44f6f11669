using System.Runtime.CompilerServices;

namespace Vitrine.ApiServer.Cel;

/// <summary>
/// Finds the type of an expression before it is ever evaluated, so that a rule that cannot work is refused with its definition and not found out with the
/// first object. Throws <see cref="CelFault"/> in the words of cel-go.
/// </summary>
/// <param name="source">Of the expression, for places in messages.</param>
internal sealed class CelChecker(string source)
{
    private static readonly Dictionary<string, CelType> s_types = ((string[])["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"])
        .ToDictionary(static name => name, static _ => new CelType(CelKind.Type));

    private readonly List<(string Name, CelType Type)> _scope = [];

    public void Declare(string name, CelType type) => _scope.Add((name, type));

    public CelType Check(CelNode node)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault(node, "the expression is nested too deep");
        }
        return node switch
        {
            CelLiteral literal => Literal(literal.Value),
            CelName name => Name(name),
            CelSelect select => Select(select),
            CelIndex index => Index(index),
            CelCall call => Call(call),
            CelLogic logic => Logic(logic),
            CelChoice choice => Choice(choice),
            CelListLiteral list => CelType.ListOf(Common(list, [.. list.Items.Select(Check)])),
            CelMapLiteral map => CelType.MapOf(Common(map, [.. map.Entries.Select(entry => Check(entry.Key))]), Common(map, [.. map.Entries.Select(entry => Check(entry.Value))])),
            CelFold fold => Fold(fold),
            _ => throw Fault(node, "unknown expression"),
        };
    }

    private static CelType Literal(object? value) => value switch
    {
        null => new CelType(CelKind.Null),
        bool => CelType.Bool,
        long => CelType.Int,
        ulong => new CelType(CelKind.Uint),
        double => new CelType(CelKind.Double),
        string => CelType.String,
        _ => new CelType(CelKind.Bytes),
    };

    private CelType Name(CelName name)
    {
        var known = _scope.FindLastIndex(variable => variable.Name == name.Name);
        return known >= 0 ? _scope[known].Type : s_types.GetValueOrDefault(name.Name) ?? throw Fault(name, $"undeclared reference to '{name.Name}' (in container '')");
    }

    private CelType Select(CelSelect select)
    {
        var of = Check(select.Of);
        var isOptional = of.Kind == CelKind.Optional;
        var field = Field(select, isOptional ? of.Item! : of, select.Field);
        return select.Mode == SelectMode.Test ? CelType.Bool : isOptional || select.Mode == SelectMode.Optional ? CelType.OptionalOf(field) : field;
    }

    private CelType Field(CelNode node, CelType of, string field) => of.Kind switch
    {
        CelKind.Dyn => CelType.Dyn,
        CelKind.Map => of.Item!,
        CelKind.Object when of.Schema!.Properties.TryGetValue(field, out var property) => CelType.Of(property),
        CelKind.Object => throw Fault(node, $"undefined field '{field}'"),
        _ => throw Fault(node, $"type '{of}' does not support field selection"),
    };

    private CelType Index(CelIndex index)
    {
        var (of, key) = (Check(index.Of), Check(index.Key));
        var isOptional = of.Kind == CelKind.Optional;
        of = isOptional ? of.Item! : of;
        var item = of.Kind switch
        {
            CelKind.Dyn => CelType.Dyn,
            CelKind.List when CelType.Fit(CelType.Int, key) => of.Item!,
            CelKind.Map when CelType.Fit(of.Key!, key) => of.Item!,
            _ => throw NoOverload(index, "_[_]", [of, key]),
        };
        return isOptional || index.IsOptional ? CelType.OptionalOf(item) : item;
    }

    private CelType Logic(CelLogic logic)
    {
        var (left, right) = (Check(logic.Left), Check(logic.Right));
        return CelType.Fit(CelType.Bool, left) && CelType.Fit(CelType.Bool, right) ? CelType.Bool : throw NoOverload(logic, logic.IsAnd ? "_&&_" : "_||_", [left, right]);
    }

    private CelType Choice(CelChoice choice)
    {
        var test = Check(choice.Test);
        var (yes, no) = (Check(choice.Yes), Check(choice.No));
        return CelType.Fit(CelType.Bool, test) && CelType.Fit(yes, no) ? Wider(yes, no) : throw NoOverload(choice, "_?_:_", [test, yes, no]);
    }

    private CelType Fold(CelFold fold)
    {
        var range = Check(fold.Range);
        var isOptional = fold.Macro is "optMap" or "optFlatMap";
        var (key, item) = (range.Kind, isOptional) switch
        {
            (CelKind.Dyn, _) => (CelType.Dyn, CelType.Dyn),
            (CelKind.List, false) => (CelType.Int, range.Item!),
            (CelKind.Optional, true) => (CelType.Dyn, range.Item!),
            // With one variable the elements of a map are its keys.
            (CelKind.Map, false) => (range.Key!, fold.Value is null ? range.Key! : range.Item!),
            _ => throw Fault(fold.Range, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)"),
        };
        var around = _scope.Count;
        if (fold.Value is { } value)
        {
            _scope.Add((fold.Variable, key));
            _scope.Add((value, item));
        }
        else
        {
            _scope.Add((fold.Variable, item));
        }
        if (fold.Filter is { } filter)
        {
            MustBeBool(filter);
        }
        var step = Check(fold.Step);
        _scope.RemoveRange(around, _scope.Count - around);
        if (fold.Macro is "all" or "exists" or "exists_one" or "filter" && !CelType.Fit(CelType.Bool, step))
        {
            throw Fault(fold.Step, $"expected type 'bool' but found '{step}'");
        }
        return fold.Macro switch
        {
            "map" or "transformList" => CelType.ListOf(step),
            "filter" => CelType.ListOf(item),
            "transformMap" => CelType.MapOf(key, step),
            "transformMapEntry" => step.Kind is CelKind.Map or CelKind.Dyn ? step : throw Fault(fold.Step, $"expected type 'map' but found '{step}'"),
            "optMap" => CelType.OptionalOf(step),
            "optFlatMap" => step.Kind is CelKind.Optional or CelKind.Dyn ? step : throw Fault(fold.Step, $"expected type 'optional_type' but found '{step}'"),
            _ => CelType.Bool,
        };
    }

    private void MustBeBool(CelNode node)
    {
        if (Check(node) is var type && !CelType.Fit(CelType.Bool, type))
        {
            throw Fault(node, $"expected type 'bool' but found '{type}'");
        }
    }

    private CelType Call(CelCall call)
    {
        // What a format is given may be of all types at once.
        CelType[] given = [.. call.Arguments.Select(argument => call.Function == ".format" && argument is CelListLiteral list ? Mixed(list) : Check(argument))];
        if (!CelSignatures.Has(call.Function))
        {
            throw Fault(call, $"undeclared reference to '{call.Function.TrimStart('.')}' (in container '')");
        }
        CelType? found = null;
        foreach (var (takes, gives) in CelSignatures.Of(call.Function))
        {
            var bound = new Dictionary<string, CelType>();
            if (takes.Length == given.Length && takes.Zip(given).All(pair => Match(pair.First, pair.Second, bound)))
            {
                var result = Put(gives, bound);
                found = found is null || CelType.Fit(found, result) && found.Kind == result.Kind ? result : CelType.Dyn;
            }
        }
        if (call.Function is ".matches" or "matches" or ".find" or ".findAll" && call.Arguments is [_, CelLiteral { Value: string pattern }, ..] && !Structural.GoPattern.TryCompile(pattern, out _, out var why))
        {
            throw Fault(call.Arguments[1], $"invalid matches argument: {why}");
        }
        return found ?? throw NoOverload(call, Shown(call.Function), given);
    }

    private CelType Mixed(CelListLiteral list)
    {
        foreach (var item in list.Items)
        {
            Check(item);
        }
        return CelType.ListOf(CelType.Dyn);
    }

    private static bool Match(CelType pattern, CelType actual, Dictionary<string, CelType> bound)
    {
        if (pattern.Kind == CelKind.Parameter)
        {
            if (!bound.TryGetValue(pattern.Name, out var before))
            {
                bound[pattern.Name] = actual;
                return true;
            }
            bound[pattern.Name] = Wider(before, actual);
            return CelType.Fit(before, actual);
        }
        return actual.Kind == CelKind.Dyn || pattern.Kind == CelKind.Dyn
            || (pattern.Kind == actual.Kind && (pattern.Item is null || Match(pattern.Item, actual.Item!, bound)) && (pattern.Key is null || Match(pattern.Key, actual.Key!, bound)));
    }

    private static CelType Put(CelType type, Dictionary<string, CelType> bound) => type switch
    {
        { Kind: CelKind.Parameter } => bound.GetValueOrDefault(type.Name) ?? CelType.Dyn,
        { Item: { } item } => type with { Item = Put(item, bound), Key = type.Key is { } key ? Put(key, bound) : null },
        _ => type,
    };

    /// <summary>What holds of both of two types that fit; an empty list says nothing of its items.</summary>
    private static CelType Wider(CelType one, CelType other) => (one.Kind, other.Kind) switch
    {
        (CelKind.Null, _) => other with { IsNullable = true },
        (_, CelKind.Null) => one with { IsNullable = true },
        (CelKind.Dyn, _) or (_, CelKind.Dyn) => CelType.Dyn,
        _ => one.Item?.Kind == CelKind.Dyn ? other : one,
    };

    private CelType Common(CelNode node, IReadOnlyList<CelType> types)
    {
        var common = types.Count == 0 ? CelType.Dyn : types[0];
        foreach (var type in types.Skip(1))
        {
            common = CelType.Fit(common, type) ? Wider(common, type) : throw Fault(node, $"expected type '{common}' but found '{type}'");
        }
        return common;
    }

    private static string Shown(string function) => function.TrimStart('.') is var name && char.IsAsciiLetter(name[0]) && name != "in" ? name : name.Contains('_', StringComparison.Ordinal) ? name : $"_{name}_";

    private CelFault NoOverload(CelNode node, string function, IReadOnlyList<CelType> given) => Fault(node, $"found no matching overload for '{function}' applied to '({string.Join(", ", given)})'");

    private CelFault Fault(CelNode node, string why) => CelFault.Compiling(source, node.At, why);
}
