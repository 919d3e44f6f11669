using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of one container of any sort.</summary>
internal static class ContainerDefaults
{
    /// <summary>What a container gets only when its pod is made, not already in a workload's template.</summary>
    public static void ApplyInPod(JsonObject container, bool hostNetwork)
    {
        Resources(container.Ensure("resources"));
        foreach (var port in container.Objects("ports"))
        {
            if (hostNetwork && port.Number("hostPort") is null or 0 && port.Number("containerPort") is { } number)
            {
                port["hostPort"] = number;
            }
        }
    }

    public static void Apply(JsonObject container)
    {
        container.DefaultText("terminationMessagePath", "/dev/termination-log");
        container.DefaultText("terminationMessagePolicy", "File");
        container.DefaultText("imagePullPolicy", ImageTag.PullPolicy(container.Text("image")));
        container.Ensure("resources");
        foreach (var port in container.Objects("ports"))
        {
            port.DefaultText("protocol", "TCP");
        }
        foreach (var variable in container.Objects("env"))
        {
            variable.Object("valueFrom").Object("fieldRef")?.DefaultText("apiVersion", "v1");
        }
        foreach (var probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            Probe(container.Object(probe));
        }
        Handler(container.Object("lifecycle").Object("postStart"));
        Handler(container.Object("lifecycle").Object("preStop"));
    }

    /// <summary>A limit without a request is also the request.</summary>
    private static void Resources(JsonObject resources)
    {
        foreach (var (name, limit) in resources.Object("limits") ?? [])
        {
            var requests = resources.Ensure("requests");
            if (requests[name] is null)
            {
                requests[name] = limit?.DeepClone();
            }
        }
    }

    private static void Probe(JsonObject? probe)
    {
        if (probe is null)
        {
            return;
        }
        probe.DefaultNumberIfZero("timeoutSeconds", 1);
        probe.DefaultNumberIfZero("periodSeconds", 10);
        probe.DefaultNumberIfZero("successThreshold", 1);
        probe.DefaultNumberIfZero("failureThreshold", 3);
        if (probe.Object("grpc") is { } grpc)
        {
            grpc["service"] ??= "";
        }
        Handler(probe);
    }

    private static void Handler(JsonObject? handler)
    {
        if (handler.Object("httpGet") is { } get)
        {
            get.DefaultText("path", "/");
            get.DefaultText("scheme", "HTTP");
        }
    }
}
