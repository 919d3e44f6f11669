using Xunit;

namespace Vitrine.Cluster;

/// <summary>What the fields of a pod do to its containers, seen from inside; docs/pod-fields.md lists them.</summary>
public sealed class PodFieldTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_pod_bound_by_hand_fails_where_it_does_not_fit()
    {
        var ns = await cluster.NamespaceAsync("by-hand");
        foreach (var (name, container, pod, wanted) in ((string, string, string, string)[])
        [
            ("greedy", "resources: {requests: {cpu: 1000}}", "", "Failed/OutOfcpu/Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: "),
            ("choosy", "", "nodeSelector: {disk: tape}", "Failed/NodeAffinity/Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"),
        ])
        {
            await ApplyAsync(ns, $$$"""
                apiVersion: v1
                kind: Pod
                metadata: {name: {{{name}}}}
                spec:
                  nodeName: node-1
                  {{{pod}}}
                  containers:
                  - name: main
                    image: debian
                    command: [sleep, infinity]
                    {{{container}}}
                """);
            await cluster.EventuallyAsync($"get pod {name} -n {ns} -o jsonpath={{.status.phase}}/{{.status.reason}}/{{.status.message}}", o => o.StartsWith(wanted, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Users_groups_capabilities_and_the_kernels_settings_are_as_asked()
    {
        var ns = await cluster.NamespaceAsync("fields-security");
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              terminationGracePeriodSeconds: 1
              shareProcessNamespace: true
              securityContext:
                {runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000], fsGroup: 2000, fsGroupChangePolicy: OnRootMismatch, sysctls: [{name: net.ipv4.ip_local_port_range, value: "40000 41000"}]}
              volumes:
              - {name: disk, emptyDir: {}}
              - {name: memory, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
              containers:
              - name: main
                image: debian
                command: [sleep, infinity]
                resources: {limits: {cpu: 300m, memory: 64Mi}}
                securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}, seccompProfile: {type: RuntimeDefault}}
                volumeMounts: [{name: disk, mountPath: /disk}, {name: memory, mountPath: /memory}]
              - name: other
                image: debian
                command: [sleep, "1234567"]
                resources: {limits: {cpu: 200m, memory: 32Mi}}
                securityContext: {runAsUser: 0, procMount: Default}
            """);
        await ReadyAsync(ns, "p");
        Assert.Equal("1000 3000 3000 2000 4000", string.Join(' ', (await InAsync(ns, "p", "id -u; id -g; id -G")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        var status = await InAsync(ns, "p", "cat /proc/self/status");
        // Bit 10 is CAP_NET_BIND_SERVICE (capabilities(7)); an unprivileged user holds it only in the bounding set.
        Assert.Contains("CapBnd:\t0000000000000400", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", await InAsync(ns, "p", "touch /x"), StringComparison.Ordinal);
        Assert.Equal("40000\t41000", (await InAsync(ns, "p", "cat /proc/sys/net/ipv4/ip_local_port_range")).Trim());
        // New files belong to the group, and so does the directory, with the bit that hands it on.
        Assert.Equal("2000 2777 2000", (await InAsync(ns, "p", "touch /disk/f; echo $(stat -c '%g %a' /disk) $(stat -c %g /disk/f)")).Trim());
        Assert.Equal("16M", (await InAsync(ns, "p", "df -h --output=size /memory | tail -1")).Trim());
        Assert.Contains("sleep 1234567", await InAsync(ns, "p", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), StringComparison.Ordinal);
        // The pod as a whole is limited, because each of its containers is.
        var uid = await cluster.KubectlAsync($"get pod p -n {ns} -o jsonpath={{.metadata.uid}}");
        var group = Directory.Exists("/sys/fs/cgroup/memory")
            ? (Memory: "/sys/fs/cgroup/memory{0}/memory.limit_in_bytes", Cpu: "/sys/fs/cgroup/cpu{0}/cpu.cfs_quota_us", Quota: "50000")
            : (Memory: "/sys/fs/cgroup{0}/memory.max", Cpu: "/sys/fs/cgroup{0}/cpu.max", Quota: "50000 100000");
        var path = $"/vitrine-{cluster.Name}/node-1/pod{uid}";
        Assert.Equal($"{96 << 20}", File.ReadAllText(string.Format(System.Globalization.CultureInfo.InvariantCulture, group.Memory, path)).Trim());
        Assert.Equal(group.Quota, File.ReadAllText(string.Format(System.Globalization.CultureInfo.InvariantCulture, group.Cpu, path)).Trim());
    }

    [Fact]
    public async Task Names_variables_and_files_are_as_asked_and_change_as_one()
    {
        var ns = await cluster.NamespaceAsync("fields-content");
        await cluster.KubectlAsync($"create configmap c -n {ns} --from-literal=A=1 --from-literal=file=one");
        await cluster.KubectlAsync($"create secret generic s -n {ns} --from-literal=P=pw");
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {app: x}, annotations: {note: "a \"b\""}}
            spec:
              terminationGracePeriodSeconds: 1
              hostname: short
              subdomain: sub
              setHostnameAsFQDN: true
              hostAliases: [{ip: 192.0.2.7, hostnames: [alias.example]}]
              dnsPolicy: None
              dnsConfig: {nameservers: [192.0.2.53], searches: [my.example], options: [{name: ndots, value: "3"}]}
              volumes:
              - name: all
                projected:
                  defaultMode: 0440
                  sources:
                  - configMap: {name: c, items: [{key: file, path: dir/file}]}
                  - secret: {name: s}
                  - configMap: {name: absent, optional: true}
                  - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1m}}]}
                  - serviceAccountToken: {path: token, expirationSeconds: 600}
              - {name: map, configMap: {name: c}}
              - {name: disk, emptyDir: {}}
              initContainers:
              - {name: prepare, image: debian, command: [sh, -c, "mkdir -p /d/in && echo inside > /d/in/f && ln -s /etc/passwd /d/out"], volumeMounts: [{name: disk, mountPath: /d}]}
              containers:
              - name: main
                image: debian
                command: [sleep]
                args: ["$(FOREVER)"]
                resources: {limits: {cpu: 250m}}
                envFrom: [{configMapRef: {name: c}, prefix: C_}, {secretRef: {name: none, optional: true}}]
                env:
                - {name: FOREVER, value: infinity}
                - {name: BOTH, value: "$(C_A)-$(FOREVER)-$$(FOREVER)-$(NONE)"}
                - {name: PASSWORD, valueFrom: {secretKeyRef: {name: s, key: P}}}
                - {name: MISSING, valueFrom: {configMapKeyRef: {name: c, key: none, optional: true}}}
                - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                - {name: NOTE, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['note']"}}}
                - {name: SUB, value: in}
                volumeMounts:
                - {name: all, mountPath: /all}
                - {name: map, mountPath: /map}
                - {name: map, mountPath: /one/file, subPath: file}
                - {name: disk, mountPath: /sub, subPathExpr: $(SUB)}
                - {name: disk, mountPath: /made, subPath: new/one}
            """);
        await ReadyAsync(ns, "p");
        var fqdn = $"short.sub.{ns}.svc.cluster.local";
        Assert.Equal(fqdn, (await InAsync(ns, "p", "cat /proc/sys/kernel/hostname")).Trim());
        var hosts = await InAsync(ns, "p", "cat /etc/hosts");
        Assert.Contains($"\t{fqdn}\tshort\n", hosts, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7\talias.example\n", hosts, StringComparison.Ordinal);
        var resolver = await InAsync(ns, "p", "cat /etc/resolv.conf");
        Assert.Equal("nameserver 192.0.2.53 options ndots:3 search my.example", string.Join(' ', resolver.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
        Assert.Equal("1-infinity-$(FOREVER)-$(NONE)|pw||node-1|a \"b\"", (await InAsync(ns, "p", "echo \"$BOTH|$PASSWORD|$MISSING|$NODE|$NOTE\"")).Trim());
        Assert.Equal("one|app=\"x\"|250|pw|440", (await InAsync(ns, "p", "cd /all; echo \"$(cat dir/file)|$(cat labels)|$(cat cpu)|$(cat P)|$(stat -Lc %a dir/file)\"")).Trim());
        Assert.Contains(".", await InAsync(ns, "p", "cat /all/token"), StringComparison.Ordinal);
        Assert.Equal("inside", (await InAsync(ns, "p", "cat /sub/f; ls /made")).Trim());

        // Updates: of content as one, of labels too; what is mounted by subPath stays what it was.
        var map = await cluster.KubectlAsync($"get configmap c -n {ns} -o json");
        await cluster.KubectlAsync($"replace -n {ns} -f -", map.Replace("\"one\"", "\"two\"", StringComparison.Ordinal));
        await cluster.KubectlAsync($"label pod p -n {ns} app=y --overwrite");
        await TestCluster.EventuallyAsync(async () => (await InAsync(ns, "p", "echo \"$(cat /map/file)|$(cat /all/dir/file)|$(cat /all/labels)\"")).Trim() == "two|two|app=\"y\"", "the new content is in the files", 90);
        Assert.Equal("one", (await InAsync(ns, "p", "cat /one/file")).Trim());

        // A link that leads out of the volume is followed inside it, where nothing is.
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: climber}
            spec:
              restartPolicy: Never
              volumes: [{name: disk, emptyDir: {}}]
              initContainers:
              - {name: prepare, image: debian, command: [ln, -s, /etc, /d/out], volumeMounts: [{name: disk, mountPath: /d}]}
              containers:
              - {name: main, image: debian, command: [cat, /out], volumeMounts: [{name: disk, mountPath: /out, subPath: out/passwd}]}
            """);
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name=climber", o => o.Contains("failed to prepare subPath \"out/passwd\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hooks_messages_restarts_and_sidecars_follow_their_rules()
    {
        var ns = await cluster.NamespaceAsync("fields-life");
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: messages}
            spec:
              restartPolicy: Never
              containers:
              - {name: file, image: debian, command: [sh, -c, "echo -n from-file > /my/log; exit 3"], terminationMessagePath: /my/log}
              - {name: log, image: debian, command: [sh, -c, "echo from-log; exit 4"], terminationMessagePolicy: FallbackToLogsOnError}
              - {name: oom, image: debian, command: [sh, -c, "tail /dev/zero"], resources: {limits: {memory: 20Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rules}
            spec:
              restartPolicy: Never
              containers:
              - name: main
                image: debian
                restartPolicy: Never
                restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
                command: [sh, -c, "test -e /d/once && exit 7; touch /d/once; exit 42"]
                volumeMounts: [{name: d, mountPath: /d}]
              volumes: [{name: d, emptyDir: {}}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: crashing}
            spec:
              containers: [{name: main, image: debian, command: ["false"]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: hooked}
            spec:
              os: {name: linux}
              terminationGracePeriodSeconds: 20
              volumes: [{name: out, hostPath: {path: /tmp/vitrine-fields-life, type: DirectoryOrCreate}}]
              initContainers:
              - {name: first, image: debian, restartPolicy: Always, command: [sh, -c, "trap 'date +%s%N > /out/first; exit 0' TERM; while :; do sleep 0.05; done"], volumeMounts: [{name: out, mountPath: /out}]}
              - {name: second, image: debian, restartPolicy: Always, command: [sh, -c, "trap 'date +%s%N > /out/second; exit 0' TERM; while :; do sleep 0.05; done"], volumeMounts: [{name: out, mountPath: /out}]}
              containers:
              - name: main
                image: debian
                command: [sh, -c, "trap 'sleep 0.5; date +%s%N > /out/main; exit 0' USR1; while :; do sleep 0.05; done"]
                lifecycle: {stopSignal: SIGUSR1, postStart: {exec: {command: [touch, /out/started]}}, preStop: {exec: {command: [sh, -c, "date +%s%N > /out/hook; sleep 0.5"]}}}
                volumeMounts: [{name: out, mountPath: /out}]
              - {name: sleeper, image: debian, command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.05; done"], lifecycle: {preStop: {sleep: {seconds: 1}}}}
            """);
        try
        {
            await ReadyAsync(ns, "hooked");
            Assert.True(File.Exists("/tmp/vitrine-fields-life/started"));
            await cluster.KubectlAsync($"delete pod hooked -n {ns} --timeout=40s", limit: TimeSpan.FromSeconds(50));
            var times = new[] { "hook", "main", "second", "first" }.Select(f => long.Parse(File.ReadAllText($"/tmp/vitrine-fields-life/{f}"), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(times.Order(), times);
        }
        finally
        {
            Directory.Delete("/tmp/vitrine-fields-life", recursive: true);
        }

        const string Ended = "{range .status.containerStatuses[*]}{.name}={.state.terminated.reason}/{.state.terminated.exitCode}/{.state.terminated.message}{\"\\n\"}{end}";
        await cluster.EventuallyAsync($"get pod messages -n {ns} -o jsonpath={{.status.phase}}", o => o == "Failed");
        var messages = (await cluster.RunAsync(["get", "pod", "messages", "-n", ns, "-o", $"jsonpath={Ended}"])).Output;
        Assert.Contains("file=Error/3/from-file", messages, StringComparison.Ordinal);
        Assert.Contains("log=Error/4/from-log", messages, StringComparison.Ordinal);
        Assert.Contains("oom=OOMKilled/137/", messages, StringComparison.Ordinal);

        await cluster.EventuallyAsync($"get pod rules -n {ns} -o jsonpath={{.status.phase}}/{{.status.containerStatuses[0].restartCount}}/{{.status.containerStatuses[0].state.terminated.exitCode}}", o => o == "Failed/1/7");

        // The first restart at once, the second after 10 s, the third after 20 s.
        await cluster.EventuallyAsync($"get pod crashing -n {ns} -o jsonpath={{.status.containerStatuses[0].state.waiting}}", o => o.Contains("back-off 20s restarting failed container=main", StringComparison.Ordinal));
        var log = await cluster.KubectlAsync($"get pod crashing -n {ns} -o jsonpath={{.status.containerStatuses[0].restartCount}}");
        Assert.Equal("2", log);
    }

    [Fact]
    public async Task What_is_not_done_says_so_and_holds_the_pod_back_or_fails_it()
    {
        var ns = await cluster.NamespaceAsync("fields-refused");
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: held}
            spec: {hostUsers: false, containers: [{name: main, image: debian}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: claim}
            spec: {containers: [{name: main, image: debian, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: x}}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: sysctl}
            spec: {securityContext: {sysctls: [{name: kernel.msgmax, value: "1"}]}, containers: [{name: main, image: debian}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: armor}
            spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, containers: [{name: main, image: debian}]}
            """);
        await cluster.EventuallyAsync($"get pod sysctl -n {ns} -o jsonpath={{.status.phase}}/{{.status.reason}}/{{.status.message}}", o => o == "Failed/SysctlForbidden/Pod was rejected: forbidden sysctl: \"kernel.msgmax\" not allowlisted");
        await cluster.EventuallyAsync($"get pod armor -n {ns} -o jsonpath={{.status.phase}}/{{.status.reason}}", o => o == "Failed/AppArmor");
        await cluster.EventuallyAsync($"get pod held -n {ns} -o jsonpath={{.status.phase}}/{{.status.containerStatuses[0].state.waiting.reason}}", o => o == "Pending/UnsupportedField");
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name=held", o => o.Contains("PodSpec.hostUsers: user namespaces need a newer container runtime", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name=claim", o => o.Contains("volume type persistentVolumeClaim is not supported on this node", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_that_fills_the_disk_beyond_its_limit_is_evicted()
    {
        var ns = await cluster.NamespaceAsync("fields-storage");
        await ApplyAsync(ns, """
            apiVersion: v1
            kind: Pod
            metadata: {name: volume}
            spec:
              terminationGracePeriodSeconds: 1
              volumes: [{name: d, emptyDir: {sizeLimit: 1Mi}}]
              containers: [{name: main, image: debian, command: [sh, -c, "dd if=/dev/zero of=/d/f bs=1M count=3; sleep infinity"], volumeMounts: [{name: d, mountPath: /d}]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: layer}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: debian, command: [sh, -c, "dd if=/dev/zero of=/f bs=1M count=3; sleep infinity"], resources: {limits: {ephemeral-storage: 1Mi}}}]
            """);
        await cluster.EventuallyAsync($"get pod volume -n {ns} -o jsonpath={{.status.phase}}/{{.status.reason}}/{{.status.message}}", o => o == "Failed/Evicted/Usage of EmptyDir volume \"d\" exceeds the limit \"1Mi\". ");
        await cluster.EventuallyAsync($"get pod layer -n {ns} -o jsonpath={{.status.phase}}/{{.status.reason}}/{{.status.message}}", o => o == "Failed/Evicted/Container main exceeded its local ephemeral storage limit \"1Mi\". ");
        Assert.Equal("True/TerminationByKubelet", await cluster.KubectlAsync($"get pod volume -n {ns} -o jsonpath={{.status.conditions[?(@.type==\"DisruptionTarget\")].status}}/{{.status.conditions[?(@.type==\"DisruptionTarget\")].reason}}"));
    }

    private async Task ApplyAsync(string ns, string manifest) => await cluster.KubectlAsync($"apply -n {ns} -f -", manifest.StartsWith("---", StringComparison.Ordinal) ? manifest : "---\n" + manifest);

    private Task<string> ReadyAsync(string ns, string pod) => cluster.KubectlAsync($"wait -n {ns} pod/{pod} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));

    private async Task<string> InAsync(string ns, string pod, string command) => (await cluster.RunAsync(["exec", "-n", ns, pod, "-c", "main", "--", "sh", "-c", command])).All;
}
