using CsCheck;
using Vitrine.ApiServer.Cel;
using Vitrine.Unit.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Cel;

public class CelCheckerTests
{
    private const string Schema = "{'type':'object','properties':{'n':{'type':'integer'},'s':{'type':'string'},'o':{'type':'object','properties':{'a':{'type':'string'}}},'list':{'type':'array','items':{'type':'integer'}},'map':{'type':'object','additionalProperties':{'type':'string'}}}}";

    [Theory]
    [InlineData("foo == 1", "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')")]
    [InlineData("self.foo == 1", "ERROR: <input>:1:5: undefined field 'foo'")]
    [InlineData("self.o.b == ''", "ERROR: <input>:1:7: undefined field 'b'")]
    [InlineData("self.n == 'x'", "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'")]
    [InlineData("self.n + self.s == 1", "ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(int, string)'")]
    [InlineData("self.n.startsWith('a')", "ERROR: <input>:1:7: found no matching overload for 'startsWith' applied to '(int, string)'")]
    [InlineData("self.s.shout()", "ERROR: <input>:1:7: undeclared reference to 'shout' (in container '')")]
    [InlineData("self.s == null", "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(string, null)'")]
    [InlineData("self.n && true", "ERROR: <input>:1:8: found no matching overload for '_&&_' applied to '(int, bool)'")]
    [InlineData("self.n.all(x, true)", "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)")]
    [InlineData("self.list.all(x, x)", "ERROR: <input>:1:18: expected type 'bool' but found 'int'")]
    [InlineData("self.list.all(1, true)", "ERROR: <input>:1:15: argument must be a simple name")]
    [InlineData("self.list.all(i, i, true)", "ERROR: <input>:1:18: duplicate variable name: i")]
    [InlineData("self.list.all(i, 1, true)", "ERROR: <input>:1:18: argument must be a simple name")]
    [InlineData("self.list.filter(i, x, true) == []", "ERROR: <input>:1:18: undeclared reference to 'i'")]
    [InlineData("self.list.exists(i, x, i == 'a')", "ERROR: <input>:1:26: found no matching overload for '_==_' applied to '(int, string)'")]
    [InlineData("self.map.all(k, v, v > 1)", "ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(string, int)'")]
    [InlineData("self.list.transformMapEntry(i, x, x) == {}", "ERROR: <input>:1:35: expected type 'map' but found 'int'")]
    [InlineData("self.list.transformList(i, x, x, x) == []", "ERROR: <input>:1:31: expected type 'bool' but found 'int'")]
    [InlineData("self.list.all(i, x, true) && i == 1", "ERROR: <input>:1:30: undeclared reference to 'i'")]
    [InlineData("format.shoe().validate('a').hasValue()", "ERROR: <input>:1:1: undeclared reference to 'format'")]
    [InlineData("self.s.validate('a').hasValue()", "ERROR: <input>:1:7: found no matching overload for 'validate' applied to '(string, string)'")]
    [InlineData("cel.bind(x, 1, x == 1)", "ERROR: <input>:1:1: undeclared reference to 'cel'")]
    [InlineData("self.list['a'] == 1", "ERROR: <input>:1:10: found no matching overload for '_[_]' applied to '(list(int), string)'")]
    [InlineData("[1, 'a'].size() == 2", "ERROR: <input>:1:1: expected type 'int' but found 'string'")]
    [InlineData("has(self)", "ERROR: <input>:1:1: invalid argument to has() macro")]
    [InlineData("self.s.matches('(')", "ERROR: <input>:1:16: invalid matches argument:")]
    [InlineData("1 +", "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>'")]
    [InlineData("self.n ==\n  ==1", "ERROR: <input>:2:3: Syntax error: mismatched input '=='")]
    [InlineData("'abc", "ERROR: <input>:1:1: Syntax error: a string without end")]
    [InlineData("self.n # 1", "ERROR: <input>:1:8: Syntax error: token recognition error at: '#'")]
    [InlineData("package == 1", "ERROR: <input>:1:1: Syntax error: reserved identifier: package")]
    [InlineData("9223372036854775808 == 1", "ERROR: <input>:1:1: invalid int literal")]
    [InlineData("Foo{a: 1} == 1", "ERROR: <input>:1:1: undeclared reference to 'Foo'")]
    public void What_does_not_fit_is_refused_with_its_place(string source, string message) =>
        Assert.StartsWith(message, Assert.Throws<CelFault>(() => Check(source)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("self.o == null")]
    [InlineData("self.map.exists(k, k.startsWith('a') && self.map[k] == '')")]
    [InlineData("self.list.map(x, string(x)).join(',') == ''")]
    [InlineData("[] == self.list && [[]] == [self.list]")]
    public void What_fits_is_taken(string source) => Assert.Equal(CelKind.Bool, Check(source).Kind);

    [Fact]
    public void What_is_nested_too_deep_is_refused()
    {
        Assert.Throws<CelFault>(() => Check(new string('(', 5000) + "1" + new string(')', 5000)));
        Assert.Throws<CelFault>(() => Check(new string('!', 5000) + "true"));
        Assert.Throws<CelFault>(() => Check("1" + string.Concat(Enumerable.Repeat("+1", 5000)) + " == 1"));
        Assert.Equal(CelKind.Bool, Check(string.Join(" || ", Enumerable.Repeat("self.n == 1", 2000))).Kind);
    }

    [Fact]
    public void Any_text_is_parsed_or_refused()
    {
        string[] words = ["self", ".", "n", "(", ")", "[", "]", "{", "}", ",", ":", "?", "+", "-", "*", "/", "%", "<", "==", "&&", "||", "!", "in", "has", "all", "transformMap", "format", "1", "'a'", "2u", "1.5", "x", "list", "map", "'''", "\\", "r'", "b\"", "`", "0x", "1e", "null", "true", " ", "é"];
        Gen.Int[0, words.Length - 1].Array[0, 40].Sample(picked =>
        {
            try
            {
                Check(string.Concat(picked.Select(i => words[i])));
            }
            catch (CelFault)
            {
                // What cannot be is refused like this and no other way.
            }
        }, iter: 20_000);
    }

    private static CelType Check(string source)
    {
        var checker = new CelChecker(source);
        checker.Declare("self", CelType.Of(SchemaText.Schema(Schema)));
        return checker.Check(CelParser.Parse(source));
    }
}
