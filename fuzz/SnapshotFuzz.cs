using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Watching;

namespace Vitrine.Fuzz;

/// <summary>The file of what an agent knew: whatever it holds, it is read and plans can be made of it, or it counts as none.</summary>
internal static class SnapshotFuzz
{
    private const string Node = """{"Name":"n1","Uid":"u","Ready":true,"Addresses":["192.0.2.1","fd00::1"],"PodCidrs":["10.244.0.0/24"],"Labels":{"a":"b"},"Taints":[{"Key":"k","Value":"","Effect":"NoSchedule"}],"Allocatable":{"Cpu":{"Milli":2000},"Memory":{"Milli":1}}}""";

    public static string[] Seeds { get; } =
    [
        """{"Nodes":[""" + Node + """],"Namespaces":[{"Name":"default","Uid":"u","Terminating":false,"Labels":{}}],"Services":[{"Namespace":"default","Name":"web","Uid":"u","Type":"LoadBalancer","ClusterIPs":["10.96.0.7"],"Ports":[{"Name":"","Protocol":"TCP","Port":80,"TargetPort":"http","NodePort":30080,"AppProtocol":""}],"LoadBalancerAddresses":["192.0.2.200"],"LoadBalancerSourceRanges":["0.0.0.0/0"],"ExternalLocal":true,"HealthCheckNodePort":30081}],"Slices":[{"Namespace":"default","Name":"web-1","ServiceName":"web","Family":"InterNetwork","Ports":[{"Name":"","Protocol":"TCP","Port":80,"AppProtocol":""}],"Endpoints":[{"Address":"10.244.0.2","NodeName":"n1","Hostname":"a"}]}]}""",
        """{"Nodes":[],"Namespaces":[],"Services":[{"Namespace":"default","Name":"out","Uid":"u","Type":"ExternalName","ExternalName":"example.com"},{"Namespace":"default","Name":"all","Uid":"u","Headless":true,"PublishNotReadyAddresses":true}],"Slices":[]}""",
    ];

    public static void Parse(byte[] input)
    {
        if (SnapshotFile.Parse(input) is not { } snapshot)
            return;
        _ = ServicePlan.Compile(snapshot, "n1").Announced;
        _ = DnsPlan.Compile(snapshot, "cluster.local", [IPAddress.Loopback]);
    }
}
