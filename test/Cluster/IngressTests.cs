using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>One address in front of several applications, by the examples as they are in the repository: kubectl writes, curl on the host asks.</summary>
[Collection(nameof(IngressTraffic))]
public sealed class IngressTests(ThreeNodes cluster)
{
    private const string Ours = "ingressClassName: vitrine";

    [Fact]
    public async Task An_Ingress_whose_class_nobody_serves_does_nothing_and_an_event_says_so_until_it_has_one_that_is()
    {
        var ns = await new WebService("ing-class") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.KubectlAsync("apply -f -", """{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"foreign"},"spec":{"controller":"example.com/other"}}""");
        foreach (var (name, spec) in new[] { ("unclassed", ""), ("unknown", "ingressClassName: nobody"), ("foreign", "ingressClassName: foreign") })
        {
            await ApplyAsync(ns, name, $"{name}.class.example", spec);
        }

        await cluster.EventuallyAsync(EventsOf(ns, "unclassed"), o => o.Contains("NoIngressClass", StringComparison.Ordinal) && o.Contains("set spec.ingressClassName: vitrine", StringComparison.Ordinal));
        await cluster.EventuallyAsync(EventsOf(ns, "unknown"), o => o.Contains("IngressClassNotFound", StringComparison.Ordinal) && o.Contains("\"nobody\"", StringComparison.Ordinal));
        // Another controller's, which may be about to come: not ours to complain of.
        Assert.Equal("", await cluster.KubectlAsync(EventsOf(ns, "foreign")));
        Assert.Equal("", await cluster.KubectlAsync($"get ingress -n {ns} -o jsonpath={{.items[*].status.loadBalancer.ingress[*].ip}}"));

        await cluster.KubectlAsync($"patch ingress unknown -n {ns} -p {{\"spec\":{{\"ingressClassName\":\"vitrine\"}}}}");
        var address = await AddressAsync(ns, "unknown");
        Assert.Equal(address, await cluster.KubectlAsync("get service vitrine-ingress -n kube-system -o jsonpath={.status.loadBalancer.ingress[0].ip}"));
        var row = await cluster.KubectlAsync($"get ingress unknown -n {ns}");
        Assert.Equal(["NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"], row.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"vitrine   unknown.class.example   {address}", row, StringComparison.Ordinal);
        await AnswersAsync($"http://unknown.class.example/", address, "web-");
        foreach (var name in new[] { "unclassed", "foreign" })
        {
            Assert.DoesNotContain("web-", await AskAsync($"http://{name}.class.example/", address), StringComparison.Ordinal);
        }

        // Given to another class it loses its address, and its host is served no more.
        await cluster.KubectlAsync($"patch ingress unknown -n {ns} -p {{\"spec\":{{\"ingressClassName\":\"foreign\"}}}}");
        await cluster.EventuallyAsync($"get ingress unknown -n {ns} -o jsonpath={{.status.loadBalancer.ingress}}", o => o.Length == 0);
        await TestCluster.EventuallyAsync(async () => !(await AskAsync("http://unknown.class.example/", address)).Contains("web-", StringComparison.Ordinal), "its host is served no more");
    }

    [Fact]
    public async Task Every_part_of_the_sock_shop_runs_and_answers_with_its_own_name()
    {
        await SockShop.OpenAsync(cluster);
        var ns = await cluster.NamespaceAsync("ing-shop");
        await cluster.PodAsync(ns, "customer", "node-3");
        foreach (var (service, port) in new[] { ("carts", 80), ("catalogue", 80), ("orders", 80), ("payment", 80), ("queue-master", 80), ("shipping", 80), ("user", 80), ("user-db", 27017), ("catalogue-db", 3306), ("rabbitmq", 5672) })
        {
            // Those without a readiness probe are ready before they listen.
            var name = $$"""{"service":"{{service}}","pod":"{{service}}-""";
            await TestCluster.EventuallyAsync(
                async () => (await cluster.InPodAsync(ns, "customer", $"curl -s -m 5 http://{service}.{SockShop.Namespace}:{port}/")).StartsWith(name, StringComparison.Ordinal), $"{service} answers with its name");
        }

        Assert.Contains("+PONG", await cluster.InPodAsync(ns, "customer", $"(echo PING; sleep 1) | nc -w 2 session-db.{SockShop.Namespace} 6379"), StringComparison.Ordinal);
        Assert.Contains("rabbitmq-exporter", await cluster.InPodAsync(ns, "customer", $"curl -s -m 5 http://rabbitmq.{SockShop.Namespace}:9090/"), StringComparison.Ordinal);
        // The page has what only the catalogue knows.
        var page = await cluster.InPodAsync(ns, "customer", $"curl -s -m 5 http://front-end.{SockShop.Namespace}/");
        Assert.Contains("<title>Sock Shop</title>", page, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"Figueroa\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_and_two_paths_lead_to_the_guestbook_and_to_the_sock_shop()
    {
        await SockShop.OpenAsync(cluster);
        var ns = await SockShop.GuestbookAsync(cluster, "ing-fanout");
        await cluster.KubectlAsync("apply -f -", Example("fanout.yaml", ns));
        var address = await AddressAsync(ns, "fanout");
        Assert.Equal(address, await AddressAsync(SockShop.Namespace, "fanout"));
        await AnswersAsync($"http://{address}/guestbook/", address, "<title>Guestbook</title>");
        await AnswersAsync($"http://{address}/shop/", address, "<title>Sock Shop</title>");
        // Behind the part of the path that chose the application is the application's own path.
        Assert.Contains("addEventListener", await AskAsync($"http://{address}/guestbook/guestbook.js", address), StringComparison.Ordinal);
        Assert.Contains("\"id\": \"crossed\"", await AskAsync($"http://{address}/shop/catalogue", address), StringComparison.Ordinal);
        Assert.Contains("404 no rule", await AskAsync($"http://{address}/shopping", address), StringComparison.Ordinal);
        // Rules without a host take what other tests expect nobody to take.
        await cluster.KubectlAsync("delete -f -", Example("fanout.yaml", ns));
    }

    [Fact]
    public async Task Hosts_a_wildcard_and_precedence_of_paths_choose_the_application()
    {
        await SockShop.OpenAsync(cluster);
        var ns = await SockShop.GuestbookAsync(cluster, "ing-hosts");
        // Under names of its own: other tests use the example's.
        await cluster.KubectlAsync("apply -f -", Example("hosts.yaml", ns).Replace("name: shop\n", "name: shop-hosts\n", StringComparison.Ordinal)
            .Replace("shop.example", "hosts.example", StringComparison.Ordinal).Replace("guestbook.example", "guests.example", StringComparison.Ordinal));
        var address = await AddressAsync(SockShop.Namespace, "shop-hosts");
        await AnswersAsync("http://guests.example/", address, "<title>Guestbook</title>");
        await AnswersAsync("http://hosts.example/", address, "<title>Sock Shop</title>");
        foreach (var (url, answer) in new[]
        {
            ("http://HOSTS.example/", "<title>Sock Shop</title>"), ("http://hosts.example/cart", "\"carts\""), ("http://hosts.example/cart/7", "\"carts\""), ("http://hosts.example/cartoon", "\"front-end\""),
            ("http://hosts.example/cart/order", "\"orders\""), ("http://hosts.example/cart/order/", "\"carts\""), ("http://www.hosts.example/any/thing", "\"catalogue\""),
            ("http://a.b.hosts.example/", "404 no rule"), ("http://hosts.example.com/", "404 no rule"),
        })
        {
            Assert.Contains(answer, await AskAsync(url, address), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TLS_shows_each_name_its_certificate_a_replaced_one_at_once_and_sends_plain_requests_on()
    {
        var ns = await new WebService("ing-tls") { Replicas = 1 }.ApplyAsync(cluster);
        using TestCertificate one = new("one.tls.example"), other = new("other.tls.example", "*.wild.tls.example"), next = new("one.tls.example");
        await one.StoreAsync(cluster, ns, "one");
        await other.StoreAsync(cluster, ns, "other");
        await ApplyAsync(ns, "one", "one.tls.example", $"{Ours}\n  tls: [{{hosts: [one.tls.example], secretName: one}}]");
        await ApplyAsync(ns, "other", "other.tls.example", $"{Ours}\n  tls: [{{hosts: [other.tls.example], secretName: other}}]");
        await ApplyAsync(ns, "wild", "*.wild.tls.example", $"{Ours}\n  tls: [{{hosts: ['*.wild.tls.example'], secretName: other}}]");
        Assert.Contains("80, 443", await cluster.KubectlAsync($"get ingress one -n {ns} --no-headers"), StringComparison.Ordinal);
        var address = await AddressAsync(ns, "one");
        foreach (var (host, certificate, wrong) in new[] { ("one", one, other), ("other", other, one), ("a.wild", other, one) })
        {
            await AnswersAsync($"https://{host}.tls.example/", address, "web-", "--cacert", certificate.Path);
            Assert.Equal("", await AskAsync($"https://{host}.tls.example/", address, "--cacert", wrong.Path));
            Assert.Equal($"308 https://{host}.tls.example/x?y=z", await AskAsync($"http://{host}.tls.example/x?y=z", address, "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"));
        }

        foreach (var version in new[] { "1.2", "1.3" })
        {
            Assert.Contains("web-", await AskAsync("https://one.tls.example/", address, "--cacert", one.Path, $"--tlsv{version}", "--tls-max", version), StringComparison.Ordinal);
        }

        Assert.Equal("2", await AskAsync("https://one.tls.example/", address, "--cacert", one.Path, "-o", "/dev/null", "-w", "%{http_version}"));
        Assert.Equal("", await AskAsync("https://unheard.tls.example/", address, "-k"));

        await next.StoreAsync(cluster, ns, "one");
        await AnswersAsync("https://one.tls.example/", address, "web-", "--cacert", next.Path);
        Assert.Equal("", await AskAsync("https://one.tls.example/", address, "--cacert", one.Path));
    }

    [Fact]
    public async Task What_no_rule_takes_gets_404_and_with_a_default_backend_goes_there()
    {
        await SockShop.OpenAsync(cluster);
        var ns = await new WebService("ing-default") { Replicas = 1 }.ApplyAsync(cluster);
        await ApplyAsync(ns, "web", "web.default.example", Ours, "/only");
        var address = await AddressAsync(ns, "web");
        await AnswersAsync("http://web.default.example/only", address, "404 Not Found</title>"); // the application's own
        foreach (var url in new[] { "http://web.default.example/other", "http://elsewhere.default.example/", $"http://{address}/nothing" })
        {
            Assert.Equal("404", await AskAsync(url, address, "-o", "/dev/null", "-w", "%{http_code}"));
            Assert.Contains("404 no rule", await AskAsync(url, address), StringComparison.Ordinal);
        }

        await cluster.KubectlAsync($"apply -f {Pods.ExamplePath("4-ingress", "default-backend.yaml")}");
        try
        {
            foreach (var url in new[] { "http://web.default.example/other", "http://elsewhere.default.example/", $"http://{address}/nothing" })
            {
                await AnswersAsync(url, address, "\"catalogue\"");
            }
        }
        finally
        {
            await cluster.KubectlAsync($"delete -f {Pods.ExamplePath("4-ingress", "default-backend.yaml")}");
        }

        await AnswersAsync("http://elsewhere.default.example/", address, "404 no rule");
    }

    [Fact]
    public async Task A_canary_gets_its_share_and_whoever_asks_for_it()
    {
        await SockShop.OpenAsync(cluster);
        const string Host = "canary.example";
        await cluster.KubectlAsync("apply -f -", Example("hosts.yaml", SockShop.Namespace).Split("---\n")[1].Replace("name: shop\n", "name: shop-canary\n", StringComparison.Ordinal).Replace("shop.example", Host, StringComparison.Ordinal));
        await cluster.KubectlAsync("apply -f -", Example("canary.yaml", SockShop.Namespace).Replace("shop.example", Host, StringComparison.Ordinal));
        await cluster.KubectlAsync($"rollout status deployment/front-end-next -n {SockShop.Namespace} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var address = await AddressAsync(SockShop.Namespace, "shop-next");
        await AnswersAsync($"http://{Host}/", address, "by front-end-next-", "-H", "x-next: always");
        Assert.DoesNotContain("by front-end-next-", await AskAsync($"http://{Host}/?[1-20]", address, "-H", "x-next: never"), StringComparison.Ordinal);
        var next = (await AskAsync($"http://{Host}/?[1-500]", address)).Split("by front-end-next-").Length - 1;
        // Of 500 a fifth: 100, and 45 away from it is five standard deviations.
        Assert.InRange(next, 55, 145);
    }

    [Fact]
    public async Task An_Ingress_is_edited_under_load_and_no_request_fails()
    {
        var ns = await new WebService("ing-edit") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "second", "node-3", "nginx", "echo second > /usr/share/nginx/html/index.html; exec nginx -g 'daemon off;'");
        await cluster.KubectlAsync($"expose pod second -n {ns} --port=80 --selector=run=second");
        await cluster.KubectlAsync($"label pod second -n {ns} run=second");
        using var certificate = new TestCertificate("edit.example");
        await certificate.StoreAsync(cluster, ns, "edit");
        await ApplyAsync(ns, "edit", "edit.example", $"{Ours}\n  tls: [{{secretName: edit}}]", annotation: "nginx.ingress.kubernetes.io/ssl-redirect: 'false'");
        var address = await AddressAsync(ns, "edit");
        await AnswersAsync("http://edit.example/", address, "web-");
        await AnswersAsync("https://edit.example/", address, "web-", "-k");
        await cluster.EventuallyAsync($"get endpoints second -n {ns} -o jsonpath={{.subsets[*].addresses[*].ip}}", o => o.Length > 0);

        // By kept connections of every protocol, and by a new one for each request.
        var edited = Path.Combine(Path.GetTempPath(), $"vitrine-edited-{Guid.NewGuid():n}");
        var loads = new[] { "'http://edit.example/?[1-100]'", "--http1.1 'https://edit.example/?[1-100]'", "--http2 'https://edit.example/?[1-100]'", "http://edit.example/" }
            .Select(url => Shell.RunAsync("sh", ["-c", $"while [ ! -e {edited} ]; do curl --noproxy '*' -s -k -m 20 --fail --fail-early --resolve edit.example:80:{address} --resolve edit.example:443:{address} {url} || echo failed; done | sort | uniq -c"])).ToArray();
        try
        {
            for (var i = 0; i < 10; i++)
            {
                await cluster.KubectlAsync($"patch ingress edit -n {ns} --type=json -p [{{\"op\":\"replace\",\"path\":\"/spec/rules/0/http/paths/0/backend/service/name\",\"value\":\"{(i % 2 == 0 ? "second" : "web")}\"}}]");
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }
        }
        finally
        {
            await File.WriteAllTextAsync(edited, "");
            await Task.WhenAll(loads);
            File.Delete(edited);
        }

        foreach (var load in loads)
        {
            var counts = (await load).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Split(' ', 2)).ToDictionary(l => l[1], l => int.Parse(l[0], CultureInfo.InvariantCulture));
            Assert.Equal(["second", "web"], counts.Keys.Select(k => k.Split('-')[0]).Order(StringComparer.Ordinal));
            Assert.All(counts.Values, c => Assert.True(c > 10, $"{c} answers only"));
        }
    }

    [Fact]
    public async Task The_proxy_of_every_node_answers_behind_one_address_and_tells_the_application_its_client()
    {
        var ns = await new WebService("ing-nodes").ApplyAsync(cluster);
        await ApplyAsync(ns, "web", "nodes.example", Ours);
        var address = await AddressAsync(ns, "web");
        var nodes = (await cluster.KubectlAsync("get nodes -o jsonpath={.items[*].status.addresses[0].address}")).Split(' ');
        Assert.Equal(3, nodes.Length);
        await cluster.EventuallyAsync("get endpointslices -n kube-system -l kubernetes.io/service-name=vitrine-ingress -o jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}", o => nodes.All(n => o.Split(' ').Contains(n)));
        var port = await cluster.KubectlAsync("get service vitrine-ingress -n kube-system -o jsonpath={.spec.ports[0].nodePort}");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        foreach (var at in nodes.Select(n => (n, port)).Append((address, "80")))
        {
            var ask = $"curl --noproxy '*' -s -m 5 --connect-to ::{at.Item1}:{at.Item2} http://nodes.example/from-{at.Item1}";
            await TestCluster.EventuallyAsync(async () => (await outside.RunAsync(ask)).Output.Contains("nginx", StringComparison.Ordinal), $"the proxy at {at} answers");
            // The application's log ends with what X-Forwarded-For said.
            await cluster.EventuallyAsync($"logs -n {ns} -l app=web --tail=-1", o => o.Split('\n').Any(l => l.Contains($"/from-{at.Item1} ", StringComparison.Ordinal) && l.EndsWith($"\"{outside.Addresses[0]}\"", StringComparison.Ordinal)));
        }
    }

    /// <summary>An example of the fourth chapter, with the guestbook in a namespace of the test's.</summary>
    private static string Example(string file, string guestbook) => Pods.Example("4-ingress", file).Replace("namespace: default\n", $"namespace: {guestbook}\n", StringComparison.Ordinal);

    private static string EventsOf(string ns, string name) => $"get events -n {ns} --field-selector involvedObject.kind=Ingress,involvedObject.name={name} -o jsonpath={{.items[*]['reason','message']}}";

    /// <summary>An Ingress of one host and one path, to the Service web.</summary>
    /// <param name="ns">its namespace</param>
    /// <param name="name">its name</param>
    /// <param name="host">its host</param>
    /// <param name="spec">lines of its spec</param>
    /// <param name="path">its path</param>
    /// <param name="annotation">its annotation</param>
    private Task<string> ApplyAsync(string ns, string name, string host, string spec, string path = "/", string annotation = "") => cluster.KubectlAsync($"apply -n {ns} -f -", $$"""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: {{name}}, annotations: { {{annotation}} } }
        spec:
          rules:
          - host: "{{host}}"
            http:
              paths:
              - path: {{path}}
                pathType: Prefix
                backend: {service: {name: web, port: {number: 80} } }
          {{spec}}
        """);

    private Task<string> AddressAsync(string ns, string name) => cluster.EventuallyAsync($"get ingress {name} -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);

    /// <summary>What the host's curl prints for a URL whose name leads to the address.</summary>
    private static async Task<string> AskAsync(string url, string address, params string[] options) =>
        (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "30", "--connect-to", $"::{address}:", .. options, url])).Output;

    private static async Task AnswersAsync(string url, string address, string text, params string[] options)
    {
        var last = "";
        for (var i = 0; i < 100; i++, await Task.Delay(TimeSpan.FromMilliseconds(100)))
        {
            last = await AskAsync(url, address, options);
            if (last.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{url} by {address} does not answer \"{text}\", but: {last}");
    }
}
