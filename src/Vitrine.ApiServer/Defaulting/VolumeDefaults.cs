using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of one volume of a pod.</summary>
internal static class VolumeDefaults
{
    private const long DefaultMode = 0x1A4; // 0644
    private const long TokenSeconds = 60 * 60;

    public static void Apply(JsonObject volume)
    {
        // A volume that names no source is an emptyDir.
        if (volume.All(p => p.Key == "name"))
        {
            volume["emptyDir"] = new JsonObject();
        }
        foreach (var source in (ReadOnlySpan<string>)["secret", "configMap", "downwardAPI", "projected"])
        {
            volume.Object(source)?.DefaultNumber("defaultMode", DefaultMode);
        }
        Items(volume.Object("downwardAPI"));
        foreach (var part in volume.Object("projected").Objects("sources"))
        {
            Items(part.Object("downwardAPI"));
            part.Object("serviceAccountToken")?.DefaultNumber("expirationSeconds", TokenSeconds);
        }
        if (volume.Object("hostPath") is { } host)
        {
            host["type"] ??= "";
        }
        if (volume.Object("image") is { } image)
        {
            image.DefaultText("pullPolicy", ImageTag.PullPolicy(image.Text("reference")));
        }
        volume.Object("ephemeral").Object("volumeClaimTemplate").Object("spec")?.DefaultText("volumeMode", "Filesystem");
    }

    private static void Items(JsonObject? downward)
    {
        foreach (var item in downward.Objects("items"))
        {
            item.Object("fieldRef")?.DefaultText("apiVersion", "v1");
        }
    }
}
