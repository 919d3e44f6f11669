using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class SecretRules
{
    public static void Check(JsonObject secret, JsonObject? old, List<FieldCause> causes)
    {
        var data = secret.Object("data") ?? [];
        var size = 0L;
        foreach (var (key, value) in data)
        {
            causes.Named($"data[{key}]", key, Names.ConfigKey);
            size += ConfigMapRules.DecodedLength(value);
        }
        if (size > ConfigMapRules.MaxBytes)
        {
            causes.Add(Cause.TooLong("data", ConfigMapRules.MaxBytes));
        }
        Type(secret, data, causes);
        if (old is null)
        {
            return;
        }
        causes.Unchanged(secret, old, "", "type");
        if (old.Flag("immutable"))
        {
            ConfigMapRules.Frozen(secret, old, causes, "data");
        }
    }

    private static void Type(JsonObject secret, JsonObject data, List<FieldCause> causes)
    {
        switch (secret.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (secret.Object("metadata").Object("annotations").Text("kubernetes.io/service-account.name").Length == 0)
                {
                    causes.Add(Cause.Required("metadata.annotations[kubernetes.io/service-account.name]"));
                }
                break;
            case "kubernetes.io/dockercfg":
                Json(data, ".dockercfg", causes);
                break;
            case "kubernetes.io/dockerconfigjson":
                Json(data, ".dockerconfigjson", causes);
                break;
            case "kubernetes.io/basic-auth" when !data.ContainsKey("username") && !data.ContainsKey("password"):
                causes.Add(Cause.Required("data[username]"));
                causes.Add(Cause.Required("data[password]"));
                break;
            case "kubernetes.io/ssh-auth" when data.Text("ssh-privatekey").Length == 0:
                causes.Add(Cause.Required("data[ssh-privatekey]"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in (ReadOnlySpan<string>)["tls.crt", "tls.key"])
                {
                    if (!data.ContainsKey(key))
                    {
                        causes.Add(Cause.Required($"data[{key}]"));
                    }
                }
                break;
        }
    }

    private static void Json(JsonObject data, string key, List<FieldCause> causes)
    {
        if (!data.ContainsKey(key))
        {
            causes.Add(Cause.Required($"data[{key}]"));
            return;
        }
        try
        {
            using var parsed = JsonDocument.Parse(Convert.FromBase64String(data.Text(key)));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // The value is a credential: it stays out of the message.
            causes.Add(Cause.Invalid($"data[{key}]", "<secret contents redacted>", "invalid JSON"));
        }
    }
}
