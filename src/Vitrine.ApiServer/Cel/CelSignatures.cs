namespace Vitrine.ApiServer.Cel;

/// <summary>
/// What functions and operators take and give: the standard definitions of the language, and the libraries Kubernetes adds to them
/// (kubernetes.io: "Common Expression Language in Kubernetes"). A method has its receiver first.
/// </summary>
internal static class CelSignatures
{
    private const string Table = """
        ==(A;A) bool|!=(A;A) bool|in(A;list<A>) bool|in(A;map<A,B>) bool|!_(bool) bool
        -_(int) int|-_(double) double|-_(duration) duration
        +(int;int) int|+(uint;uint) uint|+(double;double) double|+(string;string) string|+(bytes;bytes) bytes|+(list<A>;list<A>) list<A>
        +(timestamp;duration) timestamp|+(duration;timestamp) timestamp|+(duration;duration) duration
        -(int;int) int|-(uint;uint) uint|-(double;double) double|-(timestamp;timestamp) duration|-(timestamp;duration) timestamp|-(duration;duration) duration
        *(int;int) int|*(uint;uint) uint|*(double;double) double|/(int;int) int|/(uint;uint) uint|/(double;double) double|%(int;int) int|%(uint;uint) uint
        size(string) int|size(bytes) int|size(list<A>) int|size(map<A,B>) int|.size(string) int|.size(bytes) int|.size(list<A>) int|.size(map<A,B>) int
        type(A) type|dyn(A) dyn|bool(bool) bool|bool(string) bool
        int(int) int|int(uint) int|int(double) int|int(string) int|int(timestamp) int|uint(uint) uint|uint(int) uint|uint(double) uint|uint(string) uint
        double(double) double|double(int) double|double(uint) double|double(string) double|bytes(bytes) bytes|bytes(string) bytes
        string(string) string|string(bool) string|string(int) string|string(uint) string|string(double) string|string(bytes) string|string(timestamp) string|string(duration) string
        string(quantity) string|string(ip) string|string(cidr) string|string(url) string
        timestamp(timestamp) timestamp|timestamp(string) timestamp|timestamp(int) timestamp|duration(duration) duration|duration(string) duration
        .contains(string;string) bool|.startsWith(string;string) bool|.endsWith(string;string) bool|.matches(string;string) bool|matches(string;string) bool
        .charAt(string;int) string|.indexOf(string;string) int|.indexOf(string;string;int) int|.lastIndexOf(string;string) int|.lastIndexOf(string;string;int) int
        .lowerAscii(string) string|.upperAscii(string) string|.trim(string) string|.reverse(string) string|.replace(string;string;string) string|.replace(string;string;string;int) string
        .split(string;string) list<string>|.split(string;string;int) list<string>|.substring(string;int) string|.substring(string;int;int) string
        .join(list<string>) string|.join(list<string>;string) string|.format(string;list<dyn>) string|.find(string;string) string|.findAll(string;string) list<string>|.findAll(string;string;int) list<string>
        .isSorted(list<A>) bool|.min(list<A>) A|.max(list<A>) A|.indexOf(list<A>;A) int|.lastIndexOf(list<A>;A) int
        .sum(list<int>) int|.sum(list<uint>) uint|.sum(list<double>) double|.sum(list<duration>) duration
        sets.contains(list<A>;list<A>) bool|sets.equivalent(list<A>;list<A>) bool|sets.intersects(list<A>;list<A>) bool
        .getFullYear(timestamp) int|.getMonth(timestamp) int|.getDate(timestamp) int|.getDayOfMonth(timestamp) int|.getDayOfWeek(timestamp) int|.getDayOfYear(timestamp) int
        .getFullYear(timestamp;string) int|.getMonth(timestamp;string) int|.getDate(timestamp;string) int|.getDayOfMonth(timestamp;string) int|.getDayOfWeek(timestamp;string) int|.getDayOfYear(timestamp;string) int
        .getHours(timestamp) int|.getMinutes(timestamp) int|.getSeconds(timestamp) int|.getMilliseconds(timestamp) int|.getHours(timestamp;string) int|.getMinutes(timestamp;string) int
        .getSeconds(timestamp;string) int|.getMilliseconds(timestamp;string) int|.getHours(duration) int|.getMinutes(duration) int|.getSeconds(duration) int|.getMilliseconds(duration) int
        quantity(string) quantity|isQuantity(string) bool|.sign(quantity) int|.isInteger(quantity) bool|.asInteger(quantity) int|.asApproximateFloat(quantity) double
        .add(quantity;quantity) quantity|.add(quantity;int) quantity|.sub(quantity;quantity) quantity|.sub(quantity;int) quantity
        .isGreaterThan(quantity;quantity) bool|.isLessThan(quantity;quantity) bool|.compareTo(quantity;quantity) int
        ip(string) ip|isIP(string) bool|ip.isCanonical(string) bool|.family(ip) int|.isUnspecified(ip) bool|.isLoopback(ip) bool|.isLinkLocalMulticast(ip) bool|.isLinkLocalUnicast(ip) bool|.isGlobalUnicast(ip) bool
        cidr(string) cidr|isCIDR(string) bool|.containsIP(cidr;ip) bool|.containsIP(cidr;string) bool|.containsCIDR(cidr;cidr) bool|.containsCIDR(cidr;string) bool|.ip(cidr) ip|.masked(cidr) cidr|.prefixLength(cidr) int
        url(string) url|isURL(string) bool|.getScheme(url) string|.getHost(url) string|.getHostname(url) string|.getPort(url) string|.getEscapedPath(url) string|.getQuery(url) map<string,list<string>>
        format.named(string) optional<format>|.validate(format;string) optional<list<string>>|format.dns1123Label() format|format.dns1123Subdomain() format|format.dns1035Label() format|format.qualifiedName() format
        format.dns1123LabelPrefix() format|format.dns1123SubdomainPrefix() format|format.dns1035LabelPrefix() format|format.labelValue() format|format.uri() format|format.uuid() format|format.byte() format|format.date() format|format.datetime() format
        optional.of(A) optional<A>|optional.ofNonZeroValue(A) optional<A>|optional.none() optional<dyn>|.hasValue(optional<A>) bool|.value(optional<A>) A|.or(optional<A>;optional<A>) optional<A>|.orValue(optional<A>;A) A
        """;

    private static readonly string[] s_ordered = ["bool", "string", "bytes", "timestamp", "duration"];
    private static readonly string[] s_numbers = ["int", "uint", "double"];
    private static readonly Dictionary<string, List<(CelType[] Takes, CelType Gives)>> s_all = Read();

    public static IEnumerable<string> Names => s_all.Keys;

    public static bool Has(string function) => s_all.ContainsKey(function);

    public static IReadOnlyList<(CelType[] Takes, CelType Gives)> Of(string function) => s_all.GetValueOrDefault(function) ?? [];

    private static Dictionary<string, List<(CelType[] Takes, CelType Gives)>> Read()
    {
        var all = new Dictionary<string, List<(CelType[], CelType)>>();
        void Add(string name, string[] takes, string gives)
        {
            if (!all.TryGetValue(name, out var overloads))
            {
                all[name] = overloads = [];
            }
            overloads.Add(([.. takes.Select(CelType.Parse)], CelType.Parse(gives)));
        }
        foreach (var one in Table.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (open, close) = (one.IndexOf('(', StringComparison.Ordinal), one.LastIndexOf(')'));
            Add(one[..open], one[(open + 1)..close].Split(';', StringSplitOptions.RemoveEmptyEntries), one[(close + 2)..]);
        }
        foreach (var relation in (ReadOnlySpan<string>)["<", "<=", ">", ">="])
        {
            foreach (var type in s_ordered)
            {
                Add(relation, [type, type], "bool");
            }
            // Numbers of different types are compared by value.
            foreach (var one in s_numbers)
            {
                foreach (var other in s_numbers)
                {
                    Add(relation, [one, other], "bool");
                }
            }
        }
        return all;
    }
}
