using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodAdmissionTests
{
    [Theory]
    [InlineData("net.ipv4.tcp_syncookies", null)]
    [InlineData("net/ipv4/tcp_syncookies", null)]
    [InlineData("net.core.somaxconn", "forbidden sysctl: \"net.core.somaxconn\" not allowlisted")]
    [InlineData("kernel.msgmax", null)]
    [InlineData("kernel.panic", "forbidden sysctl: \"kernel.panic\" not allowlisted")]
    [InlineData("vm.swappiness", "forbidden sysctl: \"vm.swappiness\" not allowlisted")]
    public void Sysctls_that_reach_beyond_the_pod_are_refused(string name, string? refusal)
    {
        var pod = PodBuilder.Pod();
        pod.Spec.SecurityContext = new V1PodSecurityContext { Sysctls = [new V1Sysctl { Name = name, Value = "1" }] };
        Assert.Equal(refusal, new Sysctls(["kernel.msg*", "vm.*"]).Refusal(pod));
    }

    [Fact]
    public void Sysctls_of_the_nodes_own_network_are_refused()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.HostNetwork = true;
        pod.Spec.SecurityContext = new V1PodSecurityContext { Sysctls = [new V1Sysctl { Name = "net.ipv4.tcp_syncookies", Value = "1" }] };
        Assert.Equal("forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host net enabled", new Sysctls([]).Refusal(pod));
    }

    [Fact]
    public void A_dot_of_an_interfaces_name_survives_the_slashes() => Assert.Equal("net.ipv4.conf.eth0/1.forwarding", Sysctls.Dotted("net/ipv4/conf/eth0.1/forwarding"));

    [Fact]
    public void A_pod_for_another_system_fails_as_with_kubelet()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.Os = new V1PodOS { Name = "windows" };
        Assert.Equal("PodOSNotSupported", Admission().Rejection(pod)?.Reason);
    }

    [Fact]
    public void AppArmor_that_cannot_be_enforced_fails_the_pod()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.Containers[0].SecurityContext = new V1SecurityContext { AppArmorProfile = new V1AppArmorProfile { Type = "RuntimeDefault" } };
        Assert.Equal("AppArmor", Admission().Rejection(pod)?.Reason);
        pod.Spec.Containers[0].SecurityContext.AppArmorProfile.Type = "Unconfined";
        Assert.Null(Admission().Rejection(pod));
    }

    [Fact]
    public void Under_memory_pressure_only_those_that_asked_for_memory_come_in()
    {
        var pod = PodBuilder.Pod();
        Assert.Equal("Pod was rejected: The node had condition: [MemoryPressure]. ", Admission("MemoryPressure").Rejection(pod)?.Message);
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new("1Mi") } };
        Assert.Null(Admission("MemoryPressure").Rejection(pod));
        Assert.Equal("Evicted", Admission("DiskPressure").Rejection(pod)?.Reason);
        pod.Spec.Priority = 2_000_000_000;
        Assert.Null(Admission("DiskPressure").Rejection(pod));
    }

    [Fact]
    public void What_is_not_done_is_named_with_what_to_do()
    {
        var pod = PodBuilder.Pod();
        pod.Spec.HostUsers = false;
        pod.Spec.Containers[1].VolumeDevices = [new V1VolumeDevice { Name = "d", DevicePath = "/d" }];
        var waiting = PodAdmission.Unsupported(pod)!;
        Assert.Equal("UnsupportedField", waiting.Reason);
        Assert.StartsWith("PodSpec.hostUsers: user namespaces need a newer container runtime; remove it", waiting.Message, StringComparison.Ordinal);
        Assert.Contains("Container.volumeDevices: ", waiting.Message, StringComparison.Ordinal);
        Assert.Null(PodAdmission.Unsupported(PodBuilder.Pod()));
    }

    private static PodAdmission Admission(params string[] pressures) => new(new Sysctls([]), () => pressures, null);
}
