namespace Vitrine.ApiServer.Cel;

/// <summary>Recursive descent over the grammar of the language definition. Throws <see cref="CelFault"/>, also for what is nested too deep to be read safely.</summary>
internal sealed class CelParser
{
    private const int MaxDepth = 100;
    private const int MaxLength = 64 << 10;

    private const string OneVariable = "all/2 exists/2 exists_one/2 existsOne/2 map/2 map/3 filter/2 optMap/2 optFlatMap/2";
    private const string TwoVariables = "all/3 exists/3 exists_one/3 existsOne/3 transformList/3 transformList/4 transformMap/3 transformMap/4 transformMapEntry/3 transformMapEntry/4";

    /// <summary>Name and number of arguments → number of variables.</summary>
    private static readonly Dictionary<string, int> s_folds = new[] { (OneVariable, 1), (TwoVariables, 2) }
        .SelectMany(static all => all.Item1.Split(' ').Select(name => (name, all.Item2))).ToDictionary(static one => one.name, static one => one.Item2);

    private static readonly string[] s_relations = ["<", "<=", ">", ">=", "==", "!="];

    private readonly string _source;
    private readonly IReadOnlyList<CelToken> _tokens;
    private int _at;
    private int _depth;

    private CelParser(string source)
    {
        _source = source;
        _tokens = CelLexer.Read(source);
    }

    public static CelNode Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new CelFault($"ERROR: <input>:1:1: the expression has more than {MaxLength} characters");
        }
        var parser = new CelParser(source);
        var node = parser.Expression();
        return parser.Current.Kind == CelTokenKind.End ? node : throw parser.Unexpected();
    }

    private CelToken Current => _tokens[_at];

    private CelNode Expression()
    {
        if (++_depth > MaxDepth)
        {
            throw CelFault.Compiling(_source, Current.At, $"expression recursion limit exceeded: {MaxDepth}");
        }
        var test = Logic(false);
        if (Take("?") is { } at)
        {
            var yes = Logic(false);
            Expect(":");
            test = new CelChoice(at, test, yes, Expression());
        }
        _depth--;
        return test;
    }

    private CelNode Logic(bool isAnd)
    {
        var parts = new List<CelNode> { isAnd ? Relation() : Logic(true) };
        var at = Current.At;
        while (Take(isAnd ? "&&" : "||") is not null)
        {
            parts.Add(isAnd ? Relation() : Logic(true));
        }
        // Balanced, so that a long chain is no deep tree.
        return Balanced(parts, 0, parts.Count, at, isAnd);
    }

    private static CelNode Balanced(List<CelNode> parts, int from, int to, int at, bool isAnd)
    {
        var middle = (from + to) / 2;
        return to - from == 1 ? parts[from] : new CelLogic(at, isAnd, Balanced(parts, from, middle, at, isAnd), Balanced(parts, middle, to, at, isAnd));
    }

    private CelNode Relation()
    {
        var left = Sum();
        for (var chain = 0; ; chain++)
        {
            var token = Current;
            var op = token is { Kind: CelTokenKind.Name, Text: "in", Value: null } ? "in" : token.Kind == CelTokenKind.Punctuation ? Array.Find(s_relations, r => r == token.Text) : null;
            if (op is null)
            {
                return left;
            }
            Bound(chain);
            _at++;
            left = new CelCall(token.At, op, [left, Sum()]);
        }
    }

    private CelNode Sum()
    {
        var left = Product();
        for (var chain = 0; Current is { Kind: CelTokenKind.Punctuation, Text: "+" or "-" } token; chain++)
        {
            Bound(chain);
            _at++;
            left = new CelCall(token.At, token.Text, [left, Product()]);
        }
        return left;
    }

    private CelNode Product()
    {
        var left = Unary();
        for (var chain = 0; Current is { Kind: CelTokenKind.Punctuation, Text: "*" or "/" or "%" } token; chain++)
        {
            Bound(chain);
            _at++;
            left = new CelCall(token.At, token.Text, [left, Unary()]);
        }
        return left;
    }

    private CelNode Unary()
    {
        var token = Current;
        if (token is not { Kind: CelTokenKind.Punctuation, Text: "!" or "-" })
        {
            return Member();
        }
        if (++_depth > MaxDepth)
        {
            throw CelFault.Compiling(_source, token.At, $"expression recursion limit exceeded: {MaxDepth}");
        }
        _at++;
        var isMinimum = ReferenceEquals(Current.Value, CelLexer.s_minimum) && token.Text == "-";
        CelNode made;
        if (isMinimum)
        {
            _at++;
            made = new CelLiteral(token.At, long.MinValue);
        }
        else
        {
            var operand = Unary();
            made = token.Text == "-" && operand is CelLiteral { Value: long or double } literal
                ? new CelLiteral(token.At, literal.Value is long whole ? (object)-whole : -(double)literal.Value!)
                : new CelCall(token.At, token.Text == "-" ? "-_" : "!_", [operand]);
        }
        _depth--;
        return made;
    }

    private CelNode Member()
    {
        var node = Primary();
        for (var chain = 0; ; chain++)
        {
            var token = Current;
            if (Take(".") is not null)
            {
                var optional = Take("?") is not null;
                var field = Name(isField: true);
                node = !optional && Take("(") is not null ? Method(token.At, node, field) : new CelSelect(token.At, node, field.Text, optional ? SelectMode.Optional : SelectMode.Plain);
                if (node is CelSelect && field.Value is null)
                {
                    node = ((CelSelect)node) with { Field = CelNames.Unescape(field.Text) };
                }
            }
            else if (Take("[") is not null)
            {
                var optional = Take("?") is not null;
                node = new CelIndex(token.At, node, Expression(), optional);
                Expect("]");
            }
            else
            {
                return node;
            }
            Bound(chain);
        }
    }

    private CelNode Method(int at, CelNode target, CelToken name)
    {
        var arguments = Arguments(")");
        if (!s_folds.TryGetValue($"{name.Text}/{arguments.Count}", out var variables))
        {
            // Functions with a namespace look like methods: optional.of(x), ip.isCanonical(x), sets.contains(a, b).
            return target is CelName { Name: "optional" or "sets" or "ip" or "format" } space && CelSignatures.Has($"{space.Name}.{name.Text}")
                ? new CelCall(at, $"{space.Name}.{name.Text}", arguments)
                : new CelCall(at, $".{name.Text}", [target, .. arguments]);
        }
        var (first, second) = (Variable(arguments[0]), variables == 2 ? Variable(arguments[1]) : null);
        if (first == second)
        {
            throw CelFault.Compiling(_source, arguments[1].At, $"duplicate variable name: {second}");
        }
        var filter = arguments.Count - variables == 2 ? arguments[variables] : null;
        return new CelFold(at, name.Text == "existsOne" ? "exists_one" : name.Text, target, first, second, arguments[^1], filter);
    }

    private string Variable(CelNode node) => node is CelName variable ? variable.Name : throw CelFault.Compiling(_source, node.At, "argument must be a simple name");

    private CelNode Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case CelTokenKind.Literal when ReferenceEquals(token.Value, CelLexer.s_minimum):
                throw CelFault.Compiling(_source, token.At, "invalid int literal");
            case CelTokenKind.Literal:
                _at++;
                return new CelLiteral(token.At, token.Value);
            case CelTokenKind.Name:
                return Word(Name(isField: false));
        }
        if (Take("(") is not null)
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }
        if (Take("[") is not null)
        {
            return new CelListLiteral(token.At, Arguments("]"));
        }
        if (Take("{") is not null)
        {
            return new CelMapLiteral(token.At, Entries());
        }
        // A leading dot names the outermost scope, which is the only one here.
        return Take(".") is not null ? Word(Name(isField: false)) : throw Unexpected();
    }

    private CelNode Word(CelToken name)
    {
        switch (name.Text)
        {
            case "true" or "false":
                return new CelLiteral(name.At, name.Text == "true");
            case "null":
                return new CelLiteral(name.At, null);
        }
        if (Take("(") is null)
        {
            return Current is { Kind: CelTokenKind.Punctuation, Text: "{" } ? throw CelFault.Compiling(_source, name.At, $"undeclared reference to '{name.Text}': there are no messages to make") : new CelName(name.At, name.Text);
        }
        var arguments = Arguments(")");
        if (name.Text != "has")
        {
            return new CelCall(name.At, name.Text, arguments);
        }
        return arguments is [CelSelect { Mode: SelectMode.Plain } field]
            ? field with { Mode = SelectMode.Test }
            : throw CelFault.Compiling(_source, name.At, "invalid argument to has() macro");
    }

    private List<CelNode> Arguments(string end)
    {
        var arguments = new List<CelNode>();
        while (Take(end) is null)
        {
            arguments.Add(Expression());
            if (Take(",") is null)
            {
                Expect(end);
                break;
            }
        }
        return arguments;
    }

    private List<(CelNode, CelNode)> Entries()
    {
        var entries = new List<(CelNode, CelNode)>();
        while (Take("}") is null)
        {
            var key = Expression();
            Expect(":");
            entries.Add((key, Expression()));
            if (Take(",") is null)
            {
                Expect("}");
                break;
            }
        }
        return entries;
    }

    /// <summary>A field may be named like a keyword of the grammar's, a variable may not.</summary>
    private CelToken Name(bool isField)
    {
        var token = Current;
        if (token.Kind != CelTokenKind.Name || (!isField && (token.Value is not null || token.Text == "in" || CelNames.IsReserved(token.Text))))
        {
            throw token.Kind == CelTokenKind.Name ? CelFault.Compiling(_source, token.At, $"Syntax error: reserved identifier: {token.Text}") : Unexpected();
        }
        _at++;
        return token;
    }

    /// <summary>Chains nest to the left, so their length is depth, too.</summary>
    private void Bound(int chain)
    {
        if (chain >= MaxDepth)
        {
            throw CelFault.Compiling(_source, Current.At, $"expression recursion limit exceeded: {MaxDepth}");
        }
    }

    private int? Take(string punctuation)
    {
        if (Current.Kind != CelTokenKind.Punctuation || Current.Text != punctuation)
        {
            return null;
        }
        return _tokens[_at++].At;
    }

    private void Expect(string punctuation)
    {
        if (Take(punctuation) is null)
        {
            throw Unexpected();
        }
    }

    private CelFault Unexpected() => CelFault.Compiling(_source, Current.At, Current.Kind == CelTokenKind.End ? "Syntax error: mismatched input '<EOF>'" : $"Syntax error: mismatched input '{(Current.Kind == CelTokenKind.Literal ? Current.Value : Current.Text)}'");
}
