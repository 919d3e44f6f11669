using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.Unit.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Cel;

public class CelTests
{
    private const string Schema = "{'type':'object','properties':{'n':{'type':'integer'},'d':{'type':'number'},'s':{'type':'string'},'t':{'type':'boolean'},'when':{'type':'string','format':'date-time'},'wait':{'type':'string','format':'duration'},"
        + "'raw':{'type':'string','format':'byte'},'port':{'x-kubernetes-int-or-string':true},'list':{'type':'array','items':{'type':'integer'}},'set':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},"
        + "'people':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['name'],'items':{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer'}}}},"
        + "'map':{'type':'object','additionalProperties':{'type':'string'}},'in-side':{'type':'object','properties':{'namespace':{'type':'string'},'a.b':{'type':'string'}}},'maybe':{'type':'string','nullable':true},'none':{'type':'string'},"
        + "'any':{'x-kubernetes-preserve-unknown-fields':true}}}";

    private const string Value = "{'n':3,'d':1.5,'s':'héllo','t':true,'when':'2026-02-03T04:05:06Z','wait':'90s','raw':'aGk=','port':'80%','list':[3,1,2],'set':['a','b'],'people':[{'name':'ann','age':30},{'name':'bob'}],"
        + "'map':{'x':'1','y':'2'},'in-side':{'namespace':'q','a.b':'r'},'maybe':null,'any':{'deep':[1,{'x':2}]}}";

    [Theory]
    // literals and operators
    [InlineData("1 + 2 * 3 == 7 && 7 % 4 == 3 && 7 / 2 == 3 && -7 / 2 == -3")]
    [InlineData("1.5 + 1.5 == 3.0 && 1e3 == 1000.0 && .5 < 1.0")]
    [InlineData("0x1F == 31 && 5u + 1u == 6u && -9223372036854775808 < 0")]
    [InlineData("'a' + \"b\" == 'ab' && r'\\d' == '\\\\d' && '''x'y''' == \"x'y\" && '\\u00e9' == 'é' && b'hi' == bytes('hi') && b'\\xff' != b'\\u00ff'")]
    [InlineData("1 < 1.5 && 2u > 1 && 3.0 >= 3 && !(1 > 2)")]
    [InlineData("(true ? 1 : 2) == 1 && (false ? 1 : true ? 3 : 4) == 3")]
    [InlineData("null == null && self.maybe == null && true != false")]
    [InlineData("1 in [1, 2] && !('z' in {'a': 1}) && 'x' in self.map && !(4 in self.list)")]
    [InlineData("{'a': 1, 'b': 2}.size() == 2 && {1: 'x'}[1] == 'x' && [[1], [2]][1][0] == 2 // a comment")]
    // one side decides
    [InlineData("true || 1 / 0 == 1")]
    [InlineData("1 / 0 == 1 || true")]
    [InlineData("!(1 / 0 == 1 && false)")]
    // fields
    [InlineData("self.n == 3 && self.d == 1.5 && self.t && self.map['x'] == '1' && self.map.y == '2'")]
    [InlineData("has(self.n) && !has(self.none) && !has(self.map.z) && has(self.map.x) && has(self.maybe)")]
    [InlineData("self.in__dash__side.__namespace__ == 'q' && self.in__dash__side.a__dot__b == 'r' && self.`in-side`.`a.b` == 'r'")]
    [InlineData("self.list[0] == 3 && self.people[0].age == 30 && size(self.people) == 2")]
    [InlineData("self.any.deep[1].x == 2 && type(self.port) == string && type(self.n) == int && string(self.port).endsWith('%')")]
    // macros
    [InlineData("self.list.all(x, x > 0) && self.list.exists(x, x == 2) && self.list.exists_one(x, x > 2) && !self.list.exists_one(x, x > 1)")]
    [InlineData("self.list.map(x, x * 2) == [6, 2, 4] && self.list.filter(x, x > 1) == [3, 2] && self.list.map(x, x > 1, x + 1) == [4, 3]")]
    [InlineData("self.map.all(k, self.map[k] != '') && self.map.exists(k, k == 'y') && self.people.all(p, has(p.age) || p.name == 'bob')")]
    [InlineData("self.list.exists(x, x / 0 == 1 || x == 2) && [1, 0].exists(x, 1 / x == 1)")]
    // two variables: index and item, key and value
    [InlineData("self.list.all(i, x, x > 0 && i < 3) && self.list.exists(i, x, i == 2 && x == 2) && self.list.existsOne(i, x, i == 0) && !self.list.exists_one(i, x, i > 0) && [5].existsOne(x, x == 5)")]
    [InlineData("self.map.all(k, v, k != v) && self.map.exists(k, v, k == 'y' && v == '2') && self.map.existsOne(k, v, v == '1') && [1, 0].exists(i, x, 1 / x == 1)")]
    [InlineData("self.list.transformList(i, x, i * 10 + x) == [3, 11, 22] && self.list.transformList(i, x, i > 0, x) == [1, 2] && self.map.transformList(k, v, k + v) == ['x1', 'y2']")]
    [InlineData("self.map.transformMap(k, v, v + k) == {'x': '1x', 'y': '2y'} && self.map.transformMap(k, v, k != 'x', int(v)) == {'y': 2} && self.list.transformMap(i, x, x) == {0: 3, 1: 1, 2: 2}")]
    [InlineData("self.map.transformMapEntry(k, v, {v: k}) == {'1': 'x', '2': 'y'} && self.people.transformMapEntry(i, p, has(p.age), {p.name: i}) == {'ann': 0} && self.list.transformMapEntry(i, x, {}) == {}")]
    // lists
    [InlineData("self.set == ['b', 'a'] && self.set + ['b', 'c'] == ['a', 'b', 'c'] && [1] + [2] == [1, 2] && [1, 2] != [2, 1]")]
    [InlineData("self.people == [{'name': 'bob'}, {'name': dyn('ann'), 'age': dyn(30)}]")]
    [InlineData("[1, 2, 2].isSorted() && self.list.min() == 1 && self.list.max() == 3 && self.list.sum() == 6 && self.list.indexOf(1) == 1 && [1, 2, 1].lastIndexOf(1) == 2")]
    [InlineData("sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 3]) && !sets.intersects([1], [2])")]
    // strings
    [InlineData("self.s.size() == 5 && size('') == 0 && self.s.contains('éll') && self.s.startsWith('h') && self.s.endsWith('lo') && self.s.matches('^h.llo$') && matches('abc', 'b')")]
    [InlineData("self.s.charAt(1) == 'é' && self.s.indexOf('l') == 2 && self.s.lastIndexOf('l') == 3 && self.s.indexOf('l', 3) == 3 && 'x'.indexOf('y') == -1 && self.s.substring(1, 3) == 'él' && self.s.substring(4) == 'o'")]
    [InlineData("'AbÄ'.lowerAscii() == 'abÄ' && 'abä'.upperAscii() == 'ABä' && ' x '.trim() == 'x' && 'ab'.reverse() == 'ba' && 'aXbXc'.replace('X', '-') == 'a-b-c' && 'aXbX'.replace('X', '-', 1) == 'a-bX'")]
    [InlineData("'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b' && 'ab'.split('') == ['a', 'b']")]
    [InlineData("'abc 123 45'.find('[0-9]+') == '123' && 'abc 123 45'.findAll('[0-9]+') == ['123', '45'] && 'x'.find('y') == ''")]
    [InlineData("'%s is %d, %.2f, %x, %b%%'.format(['n', 3, 1.256, 255, 5]) == 'n is 3, 1.26, ff, 101%' && '%s'.format([[1, 2]]) == '[1, 2]'")]
    // conversions
    [InlineData("int('12') == 12 && int(1.9) == 1 && uint(3) == 3u && double('1.5') == 1.5 && string(12) == '12' && string(1.5) == '1.5' && string(true) == 'true' && bool('true') && string(b'hi') == 'hi' && int(self.when) == 1770091506")]
    [InlineData("string(self.raw) == 'hi' && dyn(1) == 1 && type(1u) == uint && type([]) == list && type({}) == map && type(null) == null_type && type('') == string")]
    // times
    [InlineData("self.when == timestamp('2026-02-03T04:05:06Z') && self.when.getFullYear() == 2026 && self.when.getMonth() == 1 && self.when.getDate() == 3 && self.when.getDayOfMonth() == 2 && self.when.getDayOfWeek() == 2 && self.when.getDayOfYear() == 33 && self.when.getHours() == 4")]
    [InlineData("self.when.getHours('+01:00') == 5 && self.wait == duration('1m30s') && self.wait.getSeconds() == 90 && self.wait.getMinutes() == 1 && self.when + self.wait > self.when && self.when - self.when == duration('0s') && string(self.wait) == '90s'")]
    // Kubernetes' own
    [InlineData("quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').add(quantity('500m')).asInteger() == 1 && isQuantity('1k') && !isQuantity('x') && quantity('1.5').sub(1).compareTo(quantity('500m')) == 0 && quantity('-1').sign() == -1")]
    [InlineData("isIP('10.0.0.1') && ip('fd00::1').family() == 6 && ip('127.0.0.1').isLoopback() && !isIP('10.0.0.01') && cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1')) && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && isCIDR('fd00::/8') && cidr('10.0.0.0/8').prefixLength() == 8")]
    [InlineData("isURL('https://a.example:81/b?c=d') && url('https://a.example:81/b?c=d&c=e').getHost() == 'a.example:81' && url('https://a.example:81/b').getHostname() == 'a.example' && url('https://a.example:81/b').getPort() == '81' && url('https://a/b').getEscapedPath() == '/b' && url('/x?c=d&c=e').getQuery()['c'] == ['d', 'e'] && url('https://a').getScheme() == 'https'")]
    [InlineData("!format.dns1123Label().validate('a-b').hasValue() && format.dns1123Label().validate('A').value()[0].startsWith('a lowercase RFC 1123 label') && !format.dns1123Subdomain().validate('a.b').hasValue() && format.dns1123Label().validate('a.b').hasValue()")]
    [InlineData("format.dns1035Label().validate('1a').hasValue() && !format.dns1123Label().validate('1a').hasValue() && !format.dns1123LabelPrefix().validate('a-').hasValue() && !format.dns1123SubdomainPrefix().validate('a.b-').hasValue() && !format.dns1035LabelPrefix().validate('a-').hasValue() && format.dns1123Label().validate('a-').hasValue()")]
    [InlineData("!format.qualifiedName().validate('a.b/c').hasValue() && format.labelValue().validate('-').hasValue() && !format.uri().validate('https://a/b').hasValue() && format.uri().validate('').value() == ['parse \"\": empty url'] && format.uuid().validate('x').value() == ['does not match the UUID format']")]
    [InlineData("!format.byte().validate('aGk=').hasValue() && format.byte().validate('!').hasValue() && !format.date().validate('2026-01-02').hasValue() && format.date().validate('2026-13-02').value().join() == 'invalid date' && !format.datetime().validate('2026-01-02T03:04:05Z').hasValue()")]
    [InlineData("format.named('uuid').value() == format.uuid() && format.uuid() != format.date() && !format.named('shoe').hasValue() && format.named('date').optMap(f, f.validate(self.s).hasValue()).value()")]
    // optionals
    [InlineData("self.?none.orValue('x') == 'x' && self.?s.hasValue() && self.map[?'x'].value() == '1' && !self.map[?'q'].hasValue() && optional.of(1).optMap(x, x + 1).value() == 2 && optional.none().or(optional.of(2)).value() == 2 && self.?people[?0].?age.orValue(0) == 30")]
    public void A_true_expression_is_true(string source) => Assert.Equal(true, Evaluate(source));

    [Theory]
    [InlineData("1 / 0 == 1", "division by zero")]
    [InlineData("1 % 0 == 1", "modulus by zero")]
    [InlineData("9223372036854775807 + 1 > 0", "integer overflow")]
    [InlineData("self.none == ''", "no such key: none")]
    [InlineData("self.list[7] == 1", "index out of bounds: 7")]
    [InlineData("self.map['q'] == ''", "no such key: q")]
    [InlineData("int('x') == 1", "type conversion error from 'string' to 'int'")]
    [InlineData("self.port < 3", "no such overload")]
    [InlineData("{'a': 1, 'a': 2}.size() == 1", "Failed with repeated key: a")]
    [InlineData("self.list.transformMapEntry(i, x, {'a': x}).size() == 1", "Failed with repeated key: a")]
    [InlineData("self.list.transformList(i, x, 1 / (x - 1)).size() == 3", "division by zero")]
    [InlineData("optional.none().value() == 1", "optional.none() dereference")]
    [InlineData("'x'.matches(self.s + '(')", "error parsing regexp")]
    public void What_goes_wrong_is_said(string source, string message) =>
        Assert.StartsWith(message, Assert.Throws<CelFault>(() => Evaluate(source)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("self.list.all(a, self.list.all(b, self.list.all(c, self.list.all(d, self.list.all(e, self.list.all(f, self.list.all(g, self.list.all(h, self.list.all(i, self.list.all(j, self.list.all(k, self.list.all(l, self.list.all(m, a+b+c+d+e+f+g+h+i+j+k+l+m > 0)))))))))))))")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, [1,2,3,4,5,6,7,8,9,10].map(e, [1,2,3,4,5,6,7,8,9,10]))))).size() > 0")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, 1 / 0 == 1 || true)))))")]
    [InlineData("[1,2,3,4,5,6,7,8,9,10].all(i, a, [1,2,3,4,5,6,7,8,9,10].all(j, b, [1,2,3,4,5,6,7,8,9,10].all(k, c, [1,2,3,4,5,6,7,8,9,10].all(l, d, [1,2,3,4,5,6,7,8,9,10].transformMap(m, e, e).size() > 0 && 1 / 0 == 1 || true))))")]
    public void No_expression_goes_on_for_ever(string source)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Throws<CelCostFault>(() => Evaluate(source));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Every_function_that_is_declared_is_there() => Assert.All(
        CelSignatures.Names, static name => Assert.True(CelFunctions.Has(name), name));

    private static object? Evaluate(string source)
    {
        var schema = SchemaText.Schema(Schema);
        var parsed = CelParser.Parse(source);
        var checker = new CelChecker(source);
        checker.Declare("self", CelType.Of(schema));
        Assert.Equal(CelKind.Bool, checker.Check(parsed).Kind);
        var budget = new CelBudget();
        budget.BeginCall();
        return new CelEvaluator(budget).Evaluate(parsed, new CelScope("self", CelValues.From((JsonObject)SchemaText.Json(Value)!, schema), null));
    }
}
