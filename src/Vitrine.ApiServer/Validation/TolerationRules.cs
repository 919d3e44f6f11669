using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class TolerationRules
{
    public static void Check(JsonObject spec, string path, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var toleration in spec.Objects("tolerations"))
        {
            var at = $"{path}.tolerations[{index++}]";
            var (key, op) = (toleration.Text("key"), toleration.Text("operator"));
            if (key.Length > 0)
            {
                causes.Named($"{at}.key", key, Names.Qualified);
            }
            else if (op != "Exists")
            {
                causes.Add(Cause.Invalid($"{at}.operator", op, "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
            }
            if (op == "Exists" && toleration.Text("value").Length > 0)
            {
                causes.Add(Cause.Invalid($"{at}.operator", toleration.DeepClone(), "value must be empty when `operator` is 'Exists'"));
            }
            causes.Named($"{at}.value", toleration.Text("value"), Names.LabelValue);
            causes.OneOf(toleration, at, "operator", "Equal", "Exists");
            causes.OneOf(toleration, at, "effect", "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (toleration.Has("tolerationSeconds") && toleration.Text("effect") != "NoExecute")
            {
                causes.Add(Cause.Invalid($"{at}.effect", toleration.Text("effect"), "effect must be 'NoExecute' when `tolerationSeconds` is set"));
            }
        }
    }
}
