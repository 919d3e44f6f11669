namespace Vitrine.ApiServer.Cel;

/// <summary>An expression of the Common Expression Language, parsed (https://github.com/google/cel-spec/blob/master/doc/langdef.md), macros expanded.</summary>
/// <param name="At">Offset in the source.</param>
internal abstract record CelNode(int At);

/// <summary>null, bool, long, ulong, double, string or byte[].</summary>
internal sealed record CelLiteral(int At, object? Value) : CelNode(At);

internal sealed record CelName(int At, string Name) : CelNode(At);

/// <summary>a.b, a.?b, or has(a.b).</summary>
internal sealed record CelSelect(int At, CelNode Of, string Field, SelectMode Mode) : CelNode(At);

internal enum SelectMode
{
    Plain,
    Optional,
    Test,
}

/// <summary>a[k] or a[?k].</summary>
internal sealed record CelIndex(int At, CelNode Of, CelNode Key, bool IsOptional) : CelNode(At);

/// <summary>f(…), a.f(…) or an operator under its own name, such as "+". The receiver is the first argument; the name of a method starts with a dot.</summary>
internal sealed record CelCall(int At, string Function, IReadOnlyList<CelNode> Arguments) : CelNode(At);

/// <summary>&amp;&amp; and ||, in which one side can decide although the other fails.</summary>
internal sealed record CelLogic(int At, bool IsAnd, CelNode Left, CelNode Right) : CelNode(At);

internal sealed record CelChoice(int At, CelNode Test, CelNode Yes, CelNode No) : CelNode(At);

internal sealed record CelListLiteral(int At, IReadOnlyList<CelNode> Items) : CelNode(At);

internal sealed record CelMapLiteral(int At, IReadOnlyList<(CelNode Key, CelNode Value)> Entries) : CelNode(At);

/// <summary>range.all(x, step) and the like: all, exists, exists_one, map, filter, optMap, optFlatMap; with two variables transformList, transformMap, transformMapEntry, too.</summary>
/// <param name="Variable">An element of a list, a key of a map; of two variables the first: the index or key.</param>
/// <param name="Value">The second of two variables; null where there is one.</param>
/// <param name="Filter">Which elements count; null for all.</param>
internal sealed record CelFold(int At, string Macro, CelNode Range, string Variable, string? Value, CelNode Step, CelNode? Filter) : CelNode(At);
