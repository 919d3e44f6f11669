using static Vitrine.Agent.Containerd.TomlString;

namespace Vitrine.Agent.Containerd;

/// <summary>config.toml (version 2, read by containerd 1.6 to 2.x) of one node's private containerd.</summary>
internal static class ContainerdConfig
{
    /// <summary>The image every sandbox runs; the image store serves it offline.</summary>
    public const string SandboxImage = "registry.k8s.io/pause:3.10";

    public static string Compile(ContainerdPaths paths, NodeAgentOptions options, bool mayLowerOomScore) => $"""
        version = 2
        root = {Quote(paths.Root)}
        state = {Quote(paths.State)}
        oom_score = 0
        disabled_plugins = [
          "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
          "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
          "io.containerd.internal.v1.restart", "io.containerd.monitor.v1.cgroups",
        ]

        [grpc]
          address = {Quote(paths.Socket)}

        [plugins."io.containerd.internal.v1.opt"]
          path = {Quote(Path.Combine(paths.Root, "opt"))}

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = {Quote(SandboxImage)}
          disable_apparmor = true
          disable_hugetlb_controller = true
          tolerate_missing_hugetlb_controller = true
          enable_unprivileged_ports = true
          enable_unprivileged_icmp = true
          netns_mounts_under_state_dir = true
          restrict_oom_score_adj = {(mayLowerOomScore ? "false" : "true")}
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"

          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = {Quote(options.CniBinDirectory)}
            conf_dir = {Quote(paths.CniConfDirectory)}
            max_conf_num = 1
            # A pod's primary address is of the node's primary family, which is the plugin's first, not IPv4 always.
            ip_pref = "cni"

          [plugins."io.containerd.grpc.v1.cri".containerd]
            default_runtime_name = {Quote(options.Runtime)}
            snapshotter = "overlayfs"

            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{Quote(options.Runtime)}]
              runtime_type = "io.containerd.runc.v2"

              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{Quote(options.Runtime)}.options]
                BinaryName = {Quote(options.Runtime)}
                Root = {Quote(paths.RuncRoot)}
                SystemdCgroup = false

          {(IsBracketed(options.ImageMirror) ? $"""
            [plugins."io.containerd.grpc.v1.cri".registry.mirrors."*"]
              endpoint = [{Quote(options.ImageMirror!)}]
            """ : $"""
            [plugins."io.containerd.grpc.v1.cri".registry]
              config_path = {Quote(paths.CertsDirectory)}
            """)}

        """;

    /// <summary>A mirror by its IPv6 address. It would be a key in hosts.toml, and before version 2 containerd cannot read brackets in one; the older setting has it as a value.</summary>
    public static bool IsBracketed(string? mirror) => mirror?.Contains('[', StringComparison.Ordinal) == true;

    /// <summary>certs.d/_default/hosts.toml: ask the machine's read-only image mirror first, then the image's own registry.</summary>
    public static string CompileMirror(string mirror) => $"""
        [host.{Quote(mirror)}]
          capabilities = ["pull", "resolve"]
          skip_verify = true

        """;
}
