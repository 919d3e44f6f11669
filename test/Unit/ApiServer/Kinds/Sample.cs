using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.Unit.ApiServer.Kinds;

/// <summary>Objects as a request would bring them.</summary>
internal static class Sample
{
    public const string TwoContainers = """
        apiVersion: v1
        kind: Pod
        metadata: {name: two-containers, namespace: default}
        spec:
          restartPolicy: Never
          volumes: [{name: shared-data, emptyDir: {}}]
          containers:
          - name: nginx-container
            image: nginx
            volumeMounts: [{name: shared-data, mountPath: /usr/share/nginx/html}]
          - name: debian-container
            image: debian:12
            volumeMounts: [{name: shared-data, mountPath: /pod-data}]
            command: [/bin/sh]
            args: [-c, echo hello]
        """;

    public static JsonObject Decode(Kind kind, string text, FieldValidation mode = FieldValidation.Strict, string contentType = "application/yaml") =>
        ObjectDecoder.Decode(Encoding.UTF8.GetBytes(text), contentType, kind, mode, []);

    public static JsonObject Defaulted(Kind kind, string text)
    {
        var obj = Decode(kind, text);
        kind.Default(obj);
        return obj;
    }

    /// <summary>The two-container pod, changed before it is defaulted.</summary>
    public static JsonObject Pod(Action<JsonObject>? change = null)
    {
        var pod = Decode(CoreKinds.Pod, TwoContainers);
        change?.Invoke(pod);
        CoreKinds.Pod.Default(pod);
        return pod;
    }

    /// <summary>"field: message" a fault.</summary>
    public static string[] Faults(Kind kind, JsonObject obj, JsonObject? old = null) =>
        [.. ObjectValidator.Validate(kind, obj, old).Select(c => $"{c.Field}: {c.Message}")];
}
